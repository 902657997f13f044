const open = new Set<() => void>();
let listening = false;

/**
 * Calls `last` when the process ends by itself or by process.exit (not when it is killed); the function returned
 * takes that back. One listener serves all stores.
 */
export function onExit(last: () => void): () => void {
  open.add(last);
  if (!listening) {
    listening = true;
    process.on('exit', () => {
      for (const each of open) each();
    });
  }
  return () => {
    open.delete(last);
  };
}
