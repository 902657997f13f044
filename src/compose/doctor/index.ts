import { isGgenError, renderError } from '../../kernel/errors.ts';
import { readConfigFiles } from '../config-files.ts';
import { openStore } from '../log-store.ts';
import { findPlaces, type PlaceOptions, type Places } from '../places.ts';
import { buildSnapshot, type LoadedSnapshot } from '../snapshot.ts';
import { approvalFindings } from './approval-findings.ts';
import { type Finding, fault, ok, warning } from './finding.ts';
import { keyFindings } from './key-findings.ts';

export type { Finding } from './finding.ts';

/** Looks at one installation as it is: configuration, store, keys, who runs as whom, what is left undone. Changes nothing. */
export async function examine(options: PlaceOptions & { readonly env: PlaceOptions['env'] & {} }): Promise<Finding[]> {
  const places = findPlaces(options);
  const found: Finding[] = [ok('program', `Node ${process.version}`)];
  found.push(...(await guarded('keys', async () => keyFindings(places))));
  const { snapshot, findings } = configuration(options, places);
  found.push(...findings);
  if (snapshot === undefined) return found;
  found.push(
    ...(await guarded('audit trail', async () => {
      const store = await openStore(snapshot.loaded.config.audit, places);
      try {
        const { size } = await store.head();
        return [ok('audit trail', `opens, ${size} entries`), ...(await approvalFindings(store, snapshot, Date.now()))];
      } finally {
        await store.close();
      }
    })),
  );
  return found;
}

function configuration(
  { configDir, env }: PlaceOptions & { readonly env: PlaceOptions['env'] & {} },
  places: Places,
): { readonly snapshot?: LoadedSnapshot; readonly findings: Finding[] } {
  const about = 'configuration';
  try {
    const built = buildSnapshot(readConfigFiles(configDir), places, env);
    const errors = built.problems.filter(({ severity }) => severity === 'error').length;
    const doubts = built.problems.filter(({ severity }) => severity === 'warning').length;
    const hint = '`ggen-mcp policy validate` lists them';
    if (!built.ok) return { findings: [fault(about, `can not be used: ${errors} errors`, hint)] };
    const findings =
      doubts > 0 ? [warning(about, `can be used, with ${doubts} warnings`, hint)] : [ok(about, 'usable')];
    return { snapshot: built.snapshot, findings };
  } catch (error) {
    return { findings: [failed(about, error)] };
  }
}

async function guarded(about: string, look: () => Promise<Finding[]>): Promise<Finding[]> {
  try {
    return await look();
  } catch (error) {
    return [failed(about, error)];
  }
}

function failed(about: string, error: unknown): Finding {
  if (!isGgenError(error)) return fault(about, renderError(error), 'see that this user may read it');
  return fault(about, error.message, error.hint ?? 'mend that first');
}
