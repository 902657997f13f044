import { describe, expect, it } from 'vitest';
import { loadSqlite, withoutSqliteWarning } from './load-sqlite.ts';

/** What Node would have put on the terminal. */
async function warningsOf(act: () => void): Promise<string[]> {
  const heard: string[] = [];
  const listen = (warning: Error): void => {
    heard.push(`${warning.name}: ${warning.message}`);
  };
  const printing = process.listeners('warning');
  process.removeAllListeners('warning').on('warning', listen);
  act();
  await new Promise((resolve) => setImmediate(resolve));
  process.off('warning', listen);
  for (const listener of printing) process.on('warning', listener);
  return heard;
}

describe('loading SQLite', () => {
  it('keeps the one warning of Node 22 from the terminal, and no other', async () => {
    const heard = await warningsOf(() =>
      withoutSqliteWarning(() => {
        process.emitWarning('SQLite is an experimental feature and might change at any time', 'ExperimentalWarning');
        process.emitWarning('Something else is experimental', 'ExperimentalWarning');
        process.emitWarning('SQLite is fine', { type: 'Warning' });
      }),
    );
    expect(heard).toEqual(['ExperimentalWarning: Something else is experimental', 'Warning: SQLite is fine']);
  });

  it('leaves warnings as they were afterwards, also when loading fails', async () => {
    const before = process.emitWarning;
    expect(() =>
      withoutSqliteWarning(() => {
        throw new Error('no SQLite here');
      }),
    ).toThrow('no SQLite here');
    expect(process.emitWarning).toBe(before);
    const heard = await warningsOf(() => process.emitWarning('SQLite again', 'ExperimentalWarning'));
    expect(heard).toEqual(['ExperimentalWarning: SQLite again']);
  });

  it('happens once', () => {
    expect(loadSqlite()).toBe(loadSqlite());
  });
});
