import type { Chain } from '../chains.ts';
import type { Stamp } from '../counts.ts';
import type { Batch } from '../../model.ts';
import { stateTables } from '../state-tables.ts';
import { quoteColumn, quoteInstant, quoteText, quoteTexts } from './googlesql-text.ts';
import { literalRows, type Literal } from './literal-rows.ts';
import type { Cost } from './session.ts';

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

/**
 * What the ledger says of loads that were just committed.
 * @param at The instant that the commit wrote: only its month is read.
 */
export const readLedgerSql = (batches: readonly Batch[], at: string): string =>
  `select rows_inserted, rows_updated, rows_deleted, rejects from st_ops.ledger ` +
  `where committed_at = ${quoteInstant(at)} and ${ofLoads(batches)}`;

/** Load ids of those that the ledger holds, of whatever month. */
export const readCommittedSql = (batches: readonly Batch[]): string =>
  `select load_id from st_ops.ledger where ${ofLoads(batches)}`;

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

const toEntry = (batch: Batch, given: LedgerFacts) => {
  const { rejects, costs, stamp } = given;
  const cost = costs.get(batch.loadId);
  return {
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
    rejects: int64(rejects.get(batch.loadId) ?? 0),
    extracted_from: timestamp(batch.pages[0]?.extractedAt ?? null),
    extracted_to: timestamp(batch.pages.at(-1)?.extractedAt ?? null),
    committed_at: timestamp(stamp.at),
    run_id: string(stamp.runId),
    staged_bytes: int64(cost?.bytesBilled ?? 0),
    staged_ms: int64(cost?.slotMs ?? 0),
    share: { type: 'numeric', value: cost?.share ?? '0' } as const,
  };
};

/** What the script has been billed up to here, by load: what comes after is billed nothing. */
const withScript = (staged: string, system: string): string =>
  `b.${staged} + cast(trunc(${system} * b.share) as int64)`;

const known: Readonly<Record<string, string>> = {
  bytes_billed: withScript('staged_bytes', '@@script.bytes_billed'),
  slot_ms: withScript('staged_ms', '@@script.slot_ms'),
};

/** A row for each load that the merge will change something for, in the variable `merged`. */
export const mergedType = 'array<struct<load_id string, inserted int64, updated int64>>';

/**
 * The rows of the variable `merged`; stops the script when the merge would miss a row.
 * @param counts Query with what the merge changes by load.
 */
export const countMergedSql = (counts: string): string => `select array_agg(struct(
  if(outside > 0, error('${scriptFaults.months}'), load_id) as load_id, inserted, updated
))
from (
  ${counts}
)`;

const deletedSql = (deleted: ReadonlyMap<string, string>): string => {
  const cases = [...deleted].map(([loadId, name]) => `when ${quoteText(loadId)} then ${name}`);
  return cases.length === 0 ? '0' : `case b.load_id ${cases.join(' ')} else 0 end`;
};

export type LedgerFacts = {
  /** Rejected records by load id. */
  rejects: ReadonlyMap<string, number>;
  /** What staging each load cost, and its share of the script's own cost. */
  costs: ReadonlyMap<string, Cost & { share: string }>;
  stamp: Stamp;
  /** The variable `merged` holds what the merge changed. */
  isMerged: boolean;
  /** Variables that hold how many rows of a complete set were marked, by load id. */
  deleted: ReadonlyMap<string, string>;
};

/** Adds the batches to the ledger, with what they changed and what they cost: the last statement that is billed. */
export const writeLedgerSql = (batches: readonly Batch[], given: LedgerFacts): string => {
  const names = (stateTables.ledger ?? []).map(({ name }) => name);
  const { isMerged } = given;
  const counted: Readonly<Record<string, string>> = {
    ...known,
    rows_inserted: isMerged ? 'coalesce(c.inserted, 0)' : '0',
    rows_updated: isMerged ? 'coalesce(c.updated, 0)' : '0',
    rows_deleted: deletedSql(given.deleted),
  };
  const merged = isMerged ? '\nleft join unnest(merged) as c on c.load_id = b.load_id' : '';
  return `insert into st_ops.ledger (${names.map(quoteColumn).join(', ')})
select ${names.map((name) => counted[name] ?? `b.${quoteColumn(name)}`).join(', ')}
from ${literalRows(batches.map((batch) => toEntry(batch, given)))} as b${merged}`;
};
