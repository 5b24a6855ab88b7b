import { createHash } from 'node:crypto';
import type { Column, Entity } from '../../src/model.ts';
import type { Row, Warehouse } from '../../src/warehouses/warehouse.ts';
import { compact, parseExact, roundToNine, type Exact } from './exact-json.ts';

/** What the sandbox says an entity holds: the JSON text of each record, as its list and as its export write it. */
export type Truth = { list: Iterable<string>; export: Iterable<string> };

const at = (record: Exact, path: string[]): Exact =>
  path.reduce<Exact>((value, key) => {
    if (value === null || typeof value !== 'object' || Array.isArray(value)) return null;
    return value[key] ?? null;
  }, record);

/** To microseconds, as the warehouse keeps them, with a fraction of six digits. */
const instant = (text: string): string => {
  const [, seconds = '', fraction = ''] =
    /^(\d{4}-\d\d-\d\d[T ]\d\d:\d\d:\d\d)(?:\.(\d+))?/.exec(text) ?? [];
  return `${seconds.replace(' ', 'T')}.${fraction.slice(0, 6).padEnd(6, '0')}`;
};

const wanted = (value: Exact, type: Column['type']): string | null => {
  if (value === null) return null;
  if (typeof value === 'object') return 'not a scalar';
  switch (type) {
    case 'decimal':
    case 'decimalText':
      return roundToNine(String(value));
    case 'timestamp':
      return instant(String(value));
    case 'float64':
      return String(Number(value));
    case 'int64':
    case 'bool':
    case 'string':
      return String(value);
  }
};

const found = (row: Row, { name, type }: Column): string | null => {
  const value = row[name] ?? null;
  if (value === null) return null;
  const text = String(value);
  if (type === 'timestamp') return instant(text);
  return type === 'decimal' || type === 'decimalText' ? roundToNine(text) : text;
};

/** Records are told apart by a hash: a whole company's texts would not fit into memory. */
const hash = (text: string): string => createHash('md5').update(text).digest('base64');

const countOf = (texts: Iterable<string>, dropped: readonly string[]): Map<string, number> => {
  const counts = new Map<string, number>();
  for (const text of texts) {
    const key = hash(withoutDropped(text, dropped));
    counts.set(key, (counts.get(key) ?? 0) + 1);
  }
  return counts;
};

const total = (counts: Map<string, number>): number =>
  [...counts.values()].reduce((sum, count) => sum + count, 0);

const withoutDropped = (text: string, dropped: readonly string[]): string => {
  if (dropped.length === 0) return compact(text);
  const record = parseExact(text) as Record<string, Exact>;
  return JSON.stringify(
    Object.fromEntries(Object.entries(record).filter(([key]) => !dropped.includes(key))),
  );
};

const storedText = (payload: string, dropped: readonly string[]): string =>
  dropped.length === 0 ? compact(payload) : JSON.stringify(parseExact(payload));

const rowsPerQuery = 20_000;

async function* readRows(warehouse: Warehouse, { table, columns }: Entity): AsyncGenerator<Row> {
  const names = columns.map(({ name }) => `"${name}"`).join(', ');
  const [range] = await warehouse.query(`select max(rowid) as last from st_raw.${table}`);
  for (let from = 0; from <= Number(range?.last ?? -1); from += rowsPerQuery) {
    yield* await warehouse.query(
      `select ${names}, payload from st_raw.${table}
      where not _deleted and rowid >= ${from} and rowid < ${from + rowsPerQuery}`,
    );
  }
}

/**
 * Compares an entity's raw table with the truth, record by record and field by field, decimals exactly.
 * @returns what differs, in words; nothing when they are equal.
 */
export const compareTruth = async (
  warehouse: Warehouse,
  entity: Entity,
  truth: Truth,
  dropped: readonly string[] = [],
): Promise<string[]> => {
  const faults: string[] = [];
  const open = { list: countOf(truth.list, dropped), feed: countOf(truth.export, dropped) };
  const wantedRows = total(open.list);
  let rows = 0;
  for await (const row of readRows(warehouse, entity)) {
    rows += 1;
    const payload = String(row.payload);
    const text = storedText(payload, dropped);
    const key = hash(text);
    if (!take(open.list, key) && !take(open.feed, key))
      faults.push(`stranger ${text.slice(0, 200)}`);
    const record = parseExact(payload);
    for (const column of entity.columns) {
      const [want, have] = [wanted(at(record, column.path), column.type), found(row, column)];
      if (want !== have) faults.push(`${column.name}: ${String(have)} instead of ${String(want)}`);
    }
    if (faults.length > 5) break;
  }
  if (rows !== wantedRows) faults.push(`${rows} rows instead of ${wantedRows}`);
  return faults.map((fault) => `${entity.name}: ${fault}`);
};

/** Each record of the truth stands for one row only. */
const take = (counts: Map<string, number>, text: string): boolean => {
  const count = counts.get(text) ?? 0;
  if (count === 0) return false;
  counts.set(text, count - 1);
  return true;
};
