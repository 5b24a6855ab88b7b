import type { Entity } from '../../../../../src/model.ts';
import { findPartition } from '../../../../../src/warehouses/bigquery/partition.ts';
import { keyColumn } from '../../../../../src/warehouses/raw-table.ts';
import type { Warehouse } from '../../../../../src/warehouses/warehouse.ts';
import { billedMib, bytesSql, readTypes, sumBytes, type Sizes } from './logical-bytes.ts';
import type { Committed } from './run-company.ts';

type Raw = { warehouse: Warehouse; sizes: Sizes; types: Awaited<ReturnType<typeof readTypes>> };

/** Bytes of the monthly partitions that some rows of a load stand in; of the table where it has none. */
const readTouched = async (
  { warehouse, types }: Raw,
  entity: Entity,
  { loadId }: Committed,
  rows = 'true',
): Promise<number> => {
  const table = `st_raw.${entity.table}`;
  const sum = [...(types.get(table) ?? [])].map(([name, type]) => bytesSql(name, type)).join(' + ');
  const partition = findPartition(entity);
  const month = `coalesce(cast(date_trunc('month', "${partition ?? ''}") as varchar), '')`;
  const where =
    partition === undefined
      ? ''
      : `where ${month} in (select ${month} from ${table} where _load_id = @loadId and ${rows})`;
  const [row] = await warehouse.query(`select ${sum} as n from ${table} ${where}`, { loadId });
  return Number(row?.n ?? 0);
};

/** MiB that are billed for what a commit reads and changes in its raw table. */
export type CommitBill = {
  /**
   * The count before the merge reads the keys of the whole table; the merge those of the months that it touches, which
   * it is billed whole.
   */
  mergeMib: number;
  /**
   * The months of missing rows are looked for in the keys of the whole table, before the script and in it; the mark is
   * billed these months whole, or the table where it has none.
   */
  setMib: number;
  /** Complete sets that marked rows. */
  marks: number;
};

const countMarked = async ({ warehouse }: Raw, entity: Entity, { loadId }: Committed) => {
  const [row] = await warehouse.query(
    `select count(*) as n from st_raw.${entity.table} where _deleted and _load_id = @loadId`,
    { loadId },
  );
  return Number(row?.n ?? 0);
};

const billSet = async (
  raw: Raw,
  entity: Entity,
  batch: Committed,
): Promise<Pick<CommitBill, 'setMib' | 'marks'>> => {
  const { scope } = batch;
  if (scope === null) return { setMib: 0, marks: 0 };
  const table = `st_raw.${entity.table}`;
  const own = ['tenant_id', keyColumn(entity), '_extracted_at', '_deleted'];
  const named = scope.kind === 'all' ? [] : [scope.column];
  const partition = findPartition(entity);
  const keys = new Set([...own, ...named, ...(partition === undefined ? [] : [partition])]);
  const [all, ofKeys] = [sumBytes(raw.sizes, table), sumBytes(raw.sizes, table, keys)];
  const marks = (await countMarked(raw, entity, batch)) > 0 ? 1 : 0;
  const touched = marks === 0 ? 0 : await readTouched(raw, entity, batch, '_deleted');
  const mark = touched + (all === 0 ? 0 : (touched / all) * ofKeys);
  return { setMib: 2 * billedMib(ofKeys) + (marks === 0 ? 0 : billedMib(mark)), marks };
};

const billCommit = async (raw: Raw, entity: Entity, batch: Committed): Promise<CommitBill> => {
  const table = `st_raw.${entity.table}`;
  const names = ['tenant_id', keyColumn(entity), '_modified_on', '_extracted_at', '_deleted'];
  const partition = findPartition(entity);
  const keys = new Set(partition === undefined ? names : [...names, partition]);
  const [all, ofKeys] = [sumBytes(raw.sizes, table), sumBytes(raw.sizes, table, keys)];
  const touched = await readTouched(raw, entity, batch);
  const merge = billedMib(touched + (all === 0 ? 0 : (touched / all) * ofKeys));
  return {
    mergeMib: billedMib(ofKeys) + merge,
    ...(await billSet(raw, entity, batch)),
  };
};

/** What is billed for the raw tables in the commits of these batches. */
export const billCommits = async (
  warehouse: Warehouse,
  sizes: Sizes,
  entities: readonly Entity[],
  batches: readonly Committed[],
): Promise<CommitBill> => {
  const raw = { warehouse, sizes, types: await readTypes(warehouse) };
  const sum: CommitBill = { mergeMib: 0, setMib: 0, marks: 0 };
  for (const batch of batches) {
    const entity = entities.find(({ name }) => name === batch.entity);
    if (entity === undefined) throw new Error(`no entity ${batch.entity}`);
    const bill = await billCommit(raw, entity, batch);
    sum.mergeMib += bill.mergeMib;
    sum.setMib += bill.setMib;
    sum.marks += bill.marks;
  }
  return sum;
};
