import type { Warehouse } from '../../../../../src/warehouses/warehouse.ts';

/** The bytes of each column of a table, as BigQuery counts them. */
export type Sizes = ReadonlyMap<string, ReadonlyMap<string, number>>;

export const mebibyte = 1_048_576;

const widths: readonly [RegExp, number][] = [
  [/^BOOLEAN$/, 1],
  [/^DECIMAL/, 16],
];

/** Logical bytes: texts have two more than their UTF-8, other types a width of their own, NULL has none. */
export const bytesSql = (column: string, type: string): string => {
  const name = `"${column}"`;
  if (type === 'VARCHAR') return `coalesce(sum(2 + strlen(${name})), 0)`;
  const width = widths.find(([pattern]) => pattern.test(type))?.[1] ?? 8;
  return `${width} * count(${name})`;
};

/** Columns and their types, by table: `st_raw.raw_jobs`. */
export const readTypes = async (
  warehouse: Warehouse,
): Promise<ReadonlyMap<string, ReadonlyMap<string, string>>> => {
  const rows = await warehouse.query(
    `select table_schema, table_name, column_name, data_type from information_schema.columns
    where table_schema like 'st\\_%' escape '\\' order by ordinal_position`,
  );
  const tables = new Map<string, Map<string, string>>();
  for (const row of rows) {
    const table = `${String(row.table_schema)}.${String(row.table_name)}`;
    const columns = tables.get(table) ?? new Map<string, string>();
    tables.set(table, columns.set(String(row.column_name), String(row.data_type)));
  }
  return tables;
};

export const readSizes = async (warehouse: Warehouse): Promise<Sizes> => {
  const sizes = new Map<string, ReadonlyMap<string, number>>();
  for (const [table, columns] of await readTypes(warehouse)) {
    const sums = [...columns].map(([name, type]) => `${bytesSql(name, type)} as "${name}"`);
    const [row = {}] = await warehouse.query(`select ${sums.join(', ')} from ${table}`);
    sizes.set(table, new Map(Object.entries(row).map(([name, bytes]) => [name, Number(bytes)])));
  }
  return sizes;
};

/** The bytes of some of a table's columns, or of all. */
export const sumBytes = (sizes: Sizes, table: string, columns?: ReadonlySet<string>): number =>
  [...(sizes.get(table) ?? [])].reduce(
    (sum, [name, bytes]) => (columns === undefined || columns.has(name) ? sum + bytes : sum),
    0,
  );

/** MiB that are billed for what a statement reads of one table: whole ones, ten at least. */
export const billedMib = (bytes: number): number => Math.max(10, Math.ceil(bytes / mebibyte));
