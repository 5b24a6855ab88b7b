import type { LedgerEntry, Stamp } from '../counts.ts';
import { quoteText } from '../sql-text.ts';
import { rowsSql } from './literals.ts';
import type { Session } from './open-session.ts';

/** Adds the batches to `st_ops.ledger`. */
export const writeLedger = async (
  session: Session,
  entries: readonly LedgerEntry[],
  { at, runId }: Stamp,
): Promise<void> => {
  const batches = entries.map(({ batch }) => batch);
  const counts = entries.map((entry) => entry.counts);
  const rows = rowsSql({
    load_id: batches.map(({ loadId }) => loadId),
    tenant_id: batches.map(({ tenantId }) => tenantId),
    entity: batches.map(({ entity }) => entity),
    stream: batches.map(({ stream }) => stream),
    version: batches.map(({ version }) => version),
    cursor_from: batches.map(({ cursorFrom }) => JSON.stringify(cursorFrom)),
    cursor_to: batches.map(({ cursorTo }) => JSON.stringify(cursorTo)),
    rows: batches.map((batch) => batch.rows),
    bytes: batches.map(({ bytes }) => bytes),
    sha256: batches.map(({ sha256 }) => sha256),
    rows_inserted: counts.map(({ inserted }) => inserted),
    rows_updated: counts.map(({ updated }) => updated),
    rows_deleted: counts.map(({ deleted }) => deleted),
    rejects: counts.map(({ rejects }) => rejects),
    extracted_from: batches.map(({ pages }) => pages[0]?.extractedAt ?? null),
    extracted_to: batches.map(({ pages }) => pages.at(-1)?.extractedAt ?? null),
  });
  await session.run(
    `insert into st_ops.ledger by name
    select
      * replace (
        extracted_from::timestamptz as extracted_from, extracted_to::timestamptz as extracted_to
      ),
      ${quoteText(at)}::timestamptz as committed_at, ${quoteText(runId)} as run_id
    from ${rows}`,
  );
};
