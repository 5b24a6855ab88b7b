import { nameTable, type Table } from '../catalog/dataset.ts';
import { estimateTable, readScans } from '../engine/estimate.ts';
import { readSizes, type SizeCache } from '../engine/sizes.ts';
import type { Plan } from './plan.ts';
import type { Resolver } from './resolve-tables.ts';
import type { Run } from './run.ts';

/** What a statement costs. */
export type Estimate = { bytesProcessed: bigint; bytesBilled: bigint; tables: Table[] };

const mebibyte = 1_048_576n;
const billedMin = 10n * mebibyte;

/** Up to the next MiB, and at least 10 MiB for each table. */
const bill = (bytes: bigint): bigint => {
  const rounded = ((bytes + mebibyte - 1n) / mebibyte) * mebibyte;
  return rounded > billedMin ? rounded : billedMin;
};

/** In a transaction, a table may have other rows than for everyone else. */
const cachesOf = ({ transaction, world }: Run, table: Table): [SizeCache, ...SizeCache[]] => {
  if (transaction === undefined) return [world.sizes];
  const { sizes, changed } = transaction;
  return changed.has(table) ? [sizes] : [sizes, world.sizes];
};

/** Estimates what a statement reads; carries nothing out. */
export const estimatePlan = async (
  run: Run,
  plan: Plan,
  { resolved }: Resolver,
): Promise<Estimate> => {
  const { session, world } = run;
  const named = new Map<string, Table>();
  for (const one of resolved) {
    if (one.kind === 'stored') named.set(nameTable(one.table.ref), one.table);
  }
  const tables = [...named.values()];
  if (plan.reads === undefined) return { bytesProcessed: 0n, bytesBilled: 0n, tables };
  if (world.estimates === 'names') {
    const bytesBilled = billedMin * BigInt(tables.filter(({ type }) => type === 'TABLE').length);
    return { bytesProcessed: 0n, bytesBilled, tables };
  }
  const scans = await readScans(session, plan.reads);
  for (const { datasetId, tableId } of scans) {
    const table = world.catalog.datasets.get(datasetId)?.tables.get(tableId);
    if (table !== undefined) named.set(nameTable(table.ref), table);
  }
  const read = (table: Table, where?: string) =>
    readSizes(session, cachesOf(run, table), table, where);
  let [bytesProcessed, bytesBilled] = [0n, 0n];
  for (const table of named.values()) {
    if (table.type === 'VIEW') continue;
    const { datasetId, tableId } = table.ref;
    const own = scans.filter((scan) => scan.datasetId === datasetId && scan.tableId === tableId);
    const isRewritten =
      plan.rewrites !== undefined && nameTable(plan.rewrites) === nameTable(table.ref);
    const isOnlyWritten = plan.statementType === 'INSERT' && own.length === 0;
    if (isOnlyWritten) continue;
    const bytes = await estimateTable(read, table, own, isRewritten);
    bytesProcessed += bytes;
    bytesBilled += bill(bytes);
  }
  return { bytesProcessed, bytesBilled, tables };
};
