import type { Table } from '../catalog/dataset.ts';
import { storedName } from '../catalog/catalog.ts';
import { quote } from '../values/duckdb-types.ts';
import type { Field } from '../values/field.ts';
import type { Session } from './open-database.ts';
import { sumBytes, type Sizes } from './sizes.ts';

/** A table of DuckDB's plan: which columns are read, and under which conditions. */
export type Scan = { datasetId: string; tableId: string; columns: string[]; filters: string[] };

type PlanNode = {
  name: string;
  children: PlanNode[];
  extra_info: Readonly<Record<string, string | string[] | undefined>>;
};

const toList = (value: string | string[] | undefined): string[] =>
  (Array.isArray(value) ? value : [value ?? '']).filter((text) => text !== '');

/** `memory.st_raw.raw_jobs`, any part between quotes. */
const readName = (text: string): string[] =>
  (text.match(/"(?:[^"]|"")*"|[^."]+/g) ?? []).map((part) =>
    part.startsWith('"') ? part.slice(1, -1).replaceAll('""', '"') : part,
  );

const collectScans = (node: PlanNode, above: readonly string[], found: Scan[]): void => {
  const info = node.extra_info;
  if (node.name.trim() === 'SEQ_SCAN') {
    const [database, datasetId = '', tableId = ''] = readName(toList(info.Table).join(''));
    if (database !== 'memory') return;
    const filters = [...toList(info.Filters), ...above];
    found.push({ datasetId, tableId, columns: toList(info.Projections), filters });
    return;
  }
  const own = node.name.trim() === 'FILTER' ? toList(info.Expression) : [];
  for (const child of node.children) collectScans(child, own, found);
};

/** Which tables DuckDB would scan for a statement, and which of their columns. */
export const readScans = async (session: Session, sql: string): Promise<Scan[]> => {
  const { rows } = await session.read(`explain (format json) ${sql}`);
  const [plan] = JSON.parse(String(rows[0]?.[1])) as PlanNode[];
  const found: Scan[] = [];
  if (plan !== undefined) collectScans(plan, [], found);
  return found;
};

const units: Readonly<Record<string, string>> = {
  HOUR: 'hour',
  DAY: 'day',
  MONTH: 'month',
  YEAR: 'year',
};

/** Conditions on the partitioning column alone; only such prune. */
const pruningFilters = (table: Table, filters: readonly string[]): string[] => {
  const column = table.timePartitioning?.field?.toLowerCase();
  if (column === undefined) return [];
  const others = table.fields
    .map(({ name }) => name.toLowerCase())
    .filter((name) => name !== column);
  return filters.filter((filter) => {
    const names = (
      filter.replace(/'(?:[^']|'')*'/g, '').match(/[A-Za-z_][A-Za-z0-9_]*/g) ?? []
    ).map((name) => name.toLowerCase());
    const isStatic = !/optional|dynamic filter|#/i.test(filter);
    return isStatic && names.includes(column) && !names.some((name) => others.includes(name));
  });
};

/** DuckDB prints names without quotes, whatever they are. */
const quoteColumn = (filter: string, column: string): string =>
  filter.replace(
    new RegExp(`('(?:[^']|'')*')|"?\\b${column}\\b"?`, 'gi'),
    (found, text?: string) => (text === undefined ? quote(column) : found),
  );

/** DuckDB's condition for the rows of the partitions in which rows pass the filters. */
const partitionsWith = (table: Table, filters: readonly string[]): string => {
  const { field = '', type = '' } = table.timePartitioning ?? {};
  const cut = `date_trunc('${units[type] ?? 'day'}', ${quote(field)})`;
  const conditions = filters.map((filter) => `(${quoteColumn(filter, field)})`).join(' and ');
  return `${cut} in (select ${cut} from ${storedName(table.ref)} where ${conditions})`;
};

type ReadSizes = (table: Table, where?: string) => Promise<Sizes>;

/** A filter that DuckDB printed may be none that it reads. */
const measureOrAll = async (
  read: ReadSizes,
  table: Table,
  where: string | undefined,
): Promise<Sizes> => {
  if (where === undefined) return read(table);
  try {
    return await read(table, where);
  } catch {
    return read(table);
  }
};

/** Which columns count: those that the plan or its filters name, or all where partitions are written anew. */
const chooseFields = (table: Table, scans: readonly Scan[], isRewritten: boolean): Field[] => {
  if (isRewritten) return table.fields;
  const text = scans.flatMap(({ columns, filters }) => [...columns, ...filters]).join(' ');
  const words = new Set(
    (text.match(/[A-Za-z_][A-Za-z0-9_]*/g) ?? []).map((word) => word.toLowerCase()),
  );
  return table.fields.filter(({ name }) => words.has(name.toLowerCase()));
};

/** The bytes that BigQuery would say it reads of one table. */
export const estimateTable = async (
  read: ReadSizes,
  table: Table,
  scans: readonly Scan[],
  isRewritten: boolean,
): Promise<bigint> => {
  const fields = chooseFields(table, scans, isRewritten);
  // Several scans of one table prune only where each of them does.
  const pruned = scans.map(({ filters }) => pruningFilters(table, filters));
  const isPruned = pruned.length > 0 && pruned.every((filters) => filters.length > 0);
  const where = isPruned
    ? pruned.map((filters) => `(${partitionsWith(table, filters)})`).join(' or ')
    : undefined;
  return fields.length === 0 ? 0n : sumBytes(await measureOrAll(read, table, where), fields);
};
