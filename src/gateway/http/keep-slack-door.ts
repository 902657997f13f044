import { slackButtonsOf } from '../../approvals/index.ts';
import type { GovernedSystem } from '../../compose/index.ts';
import { parseListenAddress } from '../../config/index.ts';
import { GgenError, renderError } from '../../kernel/errors.ts';
import { openSlackDoor, SLACK_PATH, type SlackDoor } from './slack-door.ts';

/** How often it is tried again where another process has the address. */
const AGAIN_MS = 1000;

export interface KeptDoor {
  /** The configuration is another now: opens, moves or closes it. */
  renew(): Promise<void>;
  close(): Promise<void>;
}

/**
 * The door for clicks in Slack while the configuration wants it, where it wants it. Of several workers on one machine
 * one has it, and another takes over when that one ends. NOT_AVAILABLE where it can't be opened at all.
 */
export async function keepSlackDoor(system: GovernedSystem, report: (line: string) => void): Promise<KeptDoor> {
  let door: SlackDoor | undefined;
  let at: string | undefined;
  let isClosed = false;
  let timer: NodeJS.Timeout | undefined;
  let turn: Promise<void> = Promise.resolve();
  /** where it was said already that somebody else has it */
  let taken: string | undefined;

  const move = async (): Promise<void> => {
    clearTimeout(timer);
    const wanted = isClosed ? undefined : slackButtonsOf(system.loaded().config.approvals)?.listen;
    if (wanted === at) return;
    const next = wanted === undefined ? undefined : await open(wanted);
    // Where the new one can't be had yet, the old one stays.
    if (wanted !== undefined && next === undefined) return;
    await door?.close();
    [door, at] = [next, wanted];
  };

  const open = async (wanted: string): Promise<SlackDoor | undefined> => {
    const { host, port } = parseListenAddress(wanted)!;
    try {
      const opened = await openSlackDoor(system, { host, port }, report);
      const shown = host.includes(':') ? `[${host}]` : host;
      report(`clicks in Slack come in at http://${shown}:${opened.port}${SLACK_PATH}`);
      taken = undefined;
      return opened;
    } catch (error) {
      const code = error instanceof Error && 'code' in error ? String(error.code) : renderError(error);
      if (code !== 'EADDRINUSE') {
        throw new GgenError('NOT_AVAILABLE', `clicks in Slack can not come in at ${wanted}: ${code}`, {
          hint: 'see [approvals.slack] listen',
        });
      }
      if (taken !== wanted) report(`another process has ${wanted}: clicks in Slack come in there while it runs`);
      taken = wanted;
      timer = setTimeout(() => void renew().catch((fault: unknown) => report(renderError(fault))), AGAIN_MS);
      timer.unref();
      return undefined;
    }
  };

  const renew = (): Promise<void> => {
    const mine = turn.then(move);
    turn = mine.catch(() => undefined);
    return mine;
  };

  await renew();
  return {
    renew,
    close: async () => {
      isClosed = true;
      await renew();
    },
  };
}
