import { WarehouseError } from '../errors.ts';
import type { Entity } from '../model.ts';
import { keyColumn, rawTable } from './raw-table.ts';
import { stateVersion, versionName, type State } from './state-version.ts';
import type { Value } from './warehouse.ts';

/** What the typed columns of a raw table are computed by, as it is stored in `st_ops.state`. */
type Contract = {
  /** What tells rows apart. */
  key: unknown;
  /** By a column's name: its type, and the path of its field. */
  columns: Readonly<Record<string, readonly string[]>>;
};

/** The column of the raw table that repeats another one. */
const modifiedName = '_modified_on';

const toContract = (entity: Entity): Contract => {
  const columns = Object.fromEntries(
    entity.columns.map(({ name, type, path }) => [name, [type, ...path]]),
  );
  const of = (names: readonly string[]) => names.map((name) => [name, ...(columns[name] ?? [])]);
  const { key, modifiedColumn } = entity;
  return {
    key: key.kind === 'id' ? of(['id']) : { fields: of(key.fields), id: of(['id']) },
    columns: {
      ...columns,
      [modifiedName]: modifiedColumn === undefined ? [] : of([modifiedColumn]).flat(),
    },
  };
};

/** The entity's contract as a text: equal texts, equal columns. */
const writeContract = (entity: Entity): string => JSON.stringify(toContract(entity));

/** The rows of `st_ops.state` that are to be written so that it says what is now: version and contracts. */
export const changedState = (
  before: State,
  entities: readonly Entity[],
  changedAt: string,
): Readonly<Record<string, Value>>[] =>
  [
    { name: versionName, value: String(stateVersion) },
    ...entities.map((entity) => ({ name: entity.table, value: writeContract(entity) })),
  ]
    .filter(({ name, value }) => before.get(name) !== value)
    .map((row) => ({ ...row, changedAt }));

/** What became of an entity's contract since its raw table was last looked at. */
export type ContractChange = {
  /** The table's columns are computed by this very contract. */
  same: boolean;
  /** Columns whose values are to be computed again from the payload, `_modified_on` among them. */
  stale: readonly string[];
};

/** What is no contract was written by hand: then nothing is known of the stored rows. */
const readContract = (text: string): Contract | null => {
  try {
    return JSON.parse(text) as Contract;
  } catch {
    return null;
  }
};

const isSame = (one: unknown, other: unknown): boolean =>
  JSON.stringify(one) === JSON.stringify(other);

/**
 * Compares the entity's contract with the one that its stored rows were computed by. Where none was written (state
 * version 1), a column may have been added and never filled, so all are stale; but for `id`, without which no row is.
 * @throws WarehouseError when rows are told apart by something else than before: what is stored cannot be converted.
 */
export const compareContract = (entity: Entity, state: State, mend: string): ContractChange => {
  const stored = state.get(entity.table);
  const now = toContract(entity);
  if (stored === JSON.stringify(now)) return { same: true, stale: [] };
  const before = stored === undefined ? null : readContract(stored);
  if (before !== null && !isSame(before.key, now.key)) {
    throw new WarehouseError(
      `Cannot use ${rawTable(entity)}: this version tells its rows apart by other fields than the version that ` +
        `stored them; ${mend}`,
    );
  }
  const stale = Object.entries(now.columns).filter(
    ([name, rule]) => name !== keyColumn(entity) && !isSame(before?.columns[name], rule),
  );
  return { same: false, stale: stale.map(([name]) => name) };
};

/** Whether a column's values can be made again from the payloads: what is read out of a record, but for its key. */
export const canFill = (entity: Entity, column: string): boolean =>
  column !== keyColumn(entity) &&
  (column === modifiedName || entity.columns.some(({ name }) => name === column));

/** What to do about an altered column whose values can be made again. */
export const mendByFilling =
  'drop that column and run fieldmart setup, which makes it again from the payloads';

/**
 * Someone altered a raw or a state table.
 * @param fault `is STRING and should be NUMERIC`.
 */
export const explainAltered = (
  table: string,
  { column, fault, mend }: { column: string; fault: string; mend: string },
): WarehouseError =>
  new WarehouseError(
    `Cannot use ${table}: its column ${column} ${fault}, someone altered the table; ${mend}`,
  );
