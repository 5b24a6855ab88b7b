import { DuckDBBlobValue, type DuckDBValue } from '@duckdb/node-api';
import { storedName } from '../catalog/catalog.ts';
import type { Table } from '../catalog/dataset.ts';
import { quote } from '../values/duckdb-types.ts';
import type { Field } from '../values/field.ts';
import type { Session } from './open-database.ts';

/** How many rows there are, and the logical bytes of each column, as BigQuery counts them: NULL has none. */
export type Sizes = { rows: bigint; bytes: ReadonlyMap<string, bigint> };

/** What has been measured of tables, by condition, for as long as their rows stay the same. */
export type SizeCache = WeakMap<Table, { version: number; sizes: Map<string, Sizes> }>;

const everything = 'true';

const widths: Readonly<Record<string, number>> = { BOOLEAN: 1, NUMERIC: 16 };

const widthOf = ({ type }: Field): number => widths[type] ?? 8;

const bytesOf = (field: Field): string => {
  const name = quote(field.name);
  if (field.mode === 'REPEATED') return `coalesce(sum(8 * len(${name})), 0)`;
  if (field.type === 'STRING') return `coalesce(sum(2 + strlen(${name})), 0)`;
  if (field.type === 'BYTES') return `coalesce(sum(2 + octet_length(${name})), 0)`;
  return `${widthOf(field)} * count(${name})`;
};

const measure = async (session: Session, table: Table, where: string): Promise<Sizes> => {
  const sums = table.fields.map((field) => `cast(${bytesOf(field)} as bigint)`);
  const sql = `select count(*), ${sums.join(', ')} from ${storedName(table.ref)} where ${where}`;
  const [rows, ...bytes] = ((await session.read(sql)).rows[0] ?? []) as bigint[];
  const named = table.fields.map(({ name }, index) => [name, bytes[index] ?? 0n] as const);
  return { rows: rows ?? 0n, bytes: new Map(named) };
};

const keep = (cache: SizeCache, table: Table, where: string, sizes: Sizes): void => {
  const known = cache.get(table);
  if (known?.version === table.version) known.sizes.set(where, sizes);
  else cache.set(table, { version: table.version, sizes: new Map([[where, sizes]]) });
};

const recall = (cache: SizeCache, table: Table, where: string): Sizes | undefined => {
  const known = cache.get(table);
  return known?.version === table.version ? known.sizes.get(where) : undefined;
};

/**
 * The sizes of a table's rows, or of those that a condition of DuckDB's keeps.
 * @param caches The first one keeps what is measured now; all of them are asked before.
 */
export const readSizes = async (
  session: Session,
  caches: readonly [SizeCache, ...SizeCache[]],
  table: Table,
  where = everything,
): Promise<Sizes> => {
  for (const cache of caches) {
    const known = recall(cache, table, where);
    if (known !== undefined) return known;
  }
  const { version } = table;
  const sizes = await measure(session, table, where);
  if (version === table.version) keep(caches[0], table, where, sizes);
  return sizes;
};

const sizeOf = (field: Field, value: DuckDBValue): number => {
  if (value === null) return 0;
  if (field.type === 'STRING') return 2 + Buffer.byteLength(String(value));
  if (value instanceof DuckDBBlobValue) return 2 + value.bytes.length;
  return widthOf(field);
};

/** The sizes of rows that are about to be stored; none of their fields is repeated. */
export const countSizes = (fields: readonly Field[], rows: readonly DuckDBValue[][]): Sizes => {
  const bytes = fields.map((field, index) => {
    const sum = rows.reduce((total, row) => total + sizeOf(field, row[index] ?? null), 0);
    return [field.name, BigInt(sum)] as const;
  });
  return { rows: BigInt(rows.length), bytes: new Map(bytes) };
};

/** Notes what a table is known to hold. */
export const keepSizes = (cache: SizeCache, table: Table, sizes: Sizes): void => {
  keep(cache, table, everything, sizes);
};

/** The bytes of some columns. */
export const sumBytes = ({ bytes }: Sizes, fields: readonly Pick<Field, 'name'>[]): bigint =>
  fields.reduce((sum, { name }) => sum + (bytes.get(name) ?? 0n), 0n);
