import { WarehouseError } from '../errors.ts';
import type { Entity } from '../model.ts';
import { rawTable } from './raw-table.ts';
import type { State } from './state-version.ts';

/** State tables without which nobody knows what was stored. */
const accounts = ['st_ops.cursors', 'st_ops.ledger'];

export type LostTablesOptions = {
  entities: readonly Entity[];
  /** What the warehouse said of itself when it was last prepared. */
  state: State;
  /** Whether a table (`st_raw.raw_jobs`) exists. */
  isThere: (table: string) => boolean;
  /** Whether the ledger says that rows were stored. Asked only about a raw table that was made once and is gone. */
  holdsRows: (entity: Entity) => Promise<boolean>;
  /** What to do about it. */
  mend: string;
};

const explainLost = (table: string, mend: string): WarehouseError =>
  new WarehouseError(
    `Cannot use ${table}: someone dropped it, and rows were stored in it; ${mend}`,
  );

/**
 * A table that somebody dropped is not made again: it would be empty, the cursors would stand behind what it held, and
 * nothing would ever fetch that again.
 * @throws WarehouseError for the first one.
 */
export const assertNoneLost = async (options: LostTablesOptions): Promise<void> => {
  const { entities, state, isThere, holdsRows, mend } = options;
  if (state.size === 0) return;
  const account = accounts.find((table) => !isThere(table));
  if (account !== undefined) throw explainLost(account, mend);
  for (const entity of entities) {
    if (!state.has(entity.table) || isThere(rawTable(entity))) continue;
    if (await holdsRows(entity)) throw explainLost(rawTable(entity), mend);
  }
};
