import type { Chain } from '../chains.ts';
import type { Stamp } from '../counts.ts';
import type { Batch } from '../../model.ts';
import { stateTables } from '../state-tables.ts';
import { quoteColumn, quoteInstant, quoteTexts } from './googlesql-text.ts';
import { literalRows, type Literal } from './literal-rows.ts';

/** Messages of the errors with which a commit's script stops itself; nothing of it is stored then. */
export const scriptFaults = {
  ledger: 'fieldmart: the ledger has this load',
  fence: 'fieldmart: a control row has moved',
  months: 'fieldmart: a row stands in another month',
} as const;

const string = (value: string | null): Literal => ({ type: 'string', value });
const int64 = (value: number | null): Literal => ({ type: 'int64', value });
const timestamp = (value: string | null): Literal => ({ type: 'timestamp', value });

const ofLoads = (batches: readonly Batch[]): string => {
  const tenantIds = [...new Set(batches.map(({ tenantId }) => tenantId))];
  const entities = [...new Set(batches.map(({ entity }) => entity))];
  return (
    `tenant_id in (${quoteTexts(tenantIds)}) and entity in (${quoteTexts(entities)}) ` +
    `and load_id in (${quoteTexts(batches.map(({ loadId }) => loadId))})`
  );
};

/** What the ledger holds of these loads. */
export const readLedgerSql = (batches: readonly Batch[]): string =>
  `select load_id, rows_inserted, rows_updated, rows_deleted, rejects from st_ops.ledger where ${ofLoads(batches)}`;

/** Stops the script when one of the loads is committed already. */
export const checkLedgerSql = (batches: readonly Batch[]): string =>
  `select if(count(*) > 0, error('${scriptFaults.ledger}'), 0) as fresh from st_ops.ledger where ${ofLoads(batches)}`;

const movesSql = (chains: readonly Chain[]): string =>
  literalRows(
    chains.map(({ first, last, rows, length }) => ({
      tenant_id: string(first.tenantId),
      entity: string(first.entity),
      stream: string(first.stream),
      version: int64(first.version),
      steps: int64(length),
      next_cursor: string(JSON.stringify(last.cursorTo)),
      done: { type: 'bool', value: last.done },
      stored: int64(rows),
    })),
  );

const sameVersion =
  'c.tenant_id = m.tenant_id and c.entity = m.entity and c.stream = m.stream and c.version = m.version';

/** Stops the script when a chain has no control row at its version, or two. */
export const checkControlsSql = (chains: readonly Chain[]): string =>
  `select if(
    count(*) != ${chains.length} or count(distinct to_json_string([m.tenant_id, m.entity, m.stream])) != ${chains.length},
    error('${scriptFaults.fence}'), 0
  ) as free
from st_ops.cursors as c
inner join ${movesSql(chains)} as m on ${sameVersion}`;

/** The fence: moves each chain's control row from the version it was read under. */
export const moveControlsSql = (chains: readonly Chain[], at: string): string =>
  `update st_ops.cursors as c
set
  version = c.version + m.steps, cursor = m.next_cursor, done = m.done,
  rows_stored = c.rows_stored + m.stored, updated_at = ${quoteInstant(at)}
from ${movesSql(chains)} as m
where ${sameVersion}`;

/** Stops the script when another writer moved a control row first. */
export const checkMovedSql = (chains: readonly Chain[]): string =>
  `if @@row_count != ${chains.length} then raise using message = '${scriptFaults.fence}'; end if`;

const toEntry = (batch: Batch, rejects: number, { at, runId }: Stamp) => ({
  load_id: string(batch.loadId),
  tenant_id: string(batch.tenantId),
  entity: string(batch.entity),
  stream: string(batch.stream),
  version: int64(batch.version),
  cursor_from: string(JSON.stringify(batch.cursorFrom)),
  cursor_to: string(JSON.stringify(batch.cursorTo)),
  rows: int64(batch.rows),
  bytes: int64(batch.bytes),
  sha256: string(batch.sha256),
  rejects: int64(rejects),
  extracted_from: timestamp(batch.pages[0]?.extractedAt ?? null),
  extracted_to: timestamp(batch.pages.at(-1)?.extractedAt ?? null),
  committed_at: timestamp(at),
  run_id: string(runId),
});

const counted: Readonly<Record<string, string>> = {
  rows_inserted: 'coalesce(c.inserted, 0)',
  rows_updated: 'coalesce(c.updated, 0)',
  rows_deleted: '0',
  bytes_billed: 'cast(null as int64)',
  slot_ms: 'cast(null as int64)',
  load_id: `if(coalesce(c.outside, 0) > 0, error('${scriptFaults.months}'), b.load_id)`,
};

/**
 * Adds the batches to the ledger, with what the merge will change; stops the script when the merge would miss a row.
 * @param counts Query with what the merge changes by load; null when no row goes into the raw table.
 */
export const writeLedgerSql = (
  batches: readonly Batch[],
  rejects: ReadonlyMap<string, number>,
  stamp: Stamp,
  counts: string | null,
): string => {
  const names = (stateTables.ledger ?? []).map(({ name }) => name);
  const entries = batches.map((batch) => toEntry(batch, rejects.get(batch.loadId) ?? 0, stamp));
  const none =
    'select cast(null as string) as load_id, 0 as inserted, 0 as updated, 0 as outside limit 0';
  return `insert into st_ops.ledger (${names.map(quoteColumn).join(', ')})
with counts as (
  ${counts ?? none}
)
select ${names.map((name) => counted[name] ?? `b.${quoteColumn(name)}`).join(', ')}
from ${literalRows(entries)} as b
left join counts as c on c.load_id = b.load_id`;
};

/** Writes down how many rows the statement before it marked deleted. */
export const writeDeletedSql = (batch: Batch): string =>
  `update st_ops.ledger set rows_deleted = deleted where ${ofLoads([batch])}`;
