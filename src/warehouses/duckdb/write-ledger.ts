import type { LedgerEntry, Stamp } from '../counts.ts';
import type { Session } from './open-session.ts';

/** Adds the batches to `st_ops.ledger`. */
export const writeLedger = async (
  session: Session,
  entries: readonly LedgerEntry[],
  { at, runId }: Stamp,
): Promise<void> => {
  const batches = entries.map(({ batch }) => batch);
  const counts = entries.map((entry) => entry.counts);
  await session.run(
    `insert into st_ops.ledger by name
    select
      unnest($load) as load_id, unnest($tenant) as tenant_id, unnest($entity) as entity,
      unnest($stream) as stream, unnest($version) as version,
      unnest($from) as cursor_from, unnest($to) as cursor_to,
      unnest($rows) as rows, unnest($bytes) as bytes, unnest($sha256) as sha256,
      unnest($inserted) as rows_inserted, unnest($updated) as rows_updated,
      unnest($deleted) as rows_deleted, unnest($rejects) as rejects,
      unnest($extractedFrom)::timestamptz as extracted_from,
      unnest($extractedTo)::timestamptz as extracted_to,
      $at::timestamptz as committed_at, $run as run_id`,
    {
      load: batches.map(({ loadId }) => loadId),
      tenant: batches.map(({ tenantId }) => tenantId),
      entity: batches.map(({ entity }) => entity),
      stream: batches.map(({ stream }) => stream),
      version: batches.map(({ version }) => version),
      from: batches.map(({ cursorFrom }) => JSON.stringify(cursorFrom)),
      to: batches.map(({ cursorTo }) => JSON.stringify(cursorTo)),
      rows: batches.map(({ rows }) => rows),
      bytes: batches.map(({ bytes }) => bytes),
      sha256: batches.map(({ sha256 }) => sha256),
      inserted: counts.map(({ inserted }) => inserted),
      updated: counts.map(({ updated }) => updated),
      deleted: counts.map(({ deleted }) => deleted),
      rejects: counts.map(({ rejects }) => rejects),
      extractedFrom: batches.map(({ pages }) => pages[0]?.extractedAt ?? null),
      extractedTo: batches.map(({ pages }) => pages.at(-1)?.extractedAt ?? null),
      at,
      run: runId,
    },
  );
};
