import type { RecordedEntry } from '../model/audit-entry.ts';
import type { AuditFilter, AuditStore } from './ports.ts';

const PAGE = 1000;

/** All that a question finds, however much that is, newest first and some at a time. */
export async function* queryAll(
  store: Pick<AuditStore, 'query'>,
  filter: Omit<AuditFilter, 'limit' | 'beforeSeq'>,
): AsyncGenerator<readonly RecordedEntry[]> {
  for (let beforeSeq: number | undefined; ; ) {
    const page = await store.query({ ...filter, limit: PAGE, ...(beforeSeq === undefined ? {} : { beforeSeq }) });
    yield page;
    if (page.length < PAGE) return;
    beforeSeq = page.at(-1)!.seq;
  }
}
