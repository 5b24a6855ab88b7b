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

const countOf = (texts: Iterable<string>): Map<string, number> => {
  const counts = new Map<string, number>();
  for (const text of texts) counts.set(text, (counts.get(text) ?? 0) + 1);
  return counts;
};

const withoutDropped = (text: string, dropped: readonly string[]): string => {
  if (dropped.length === 0) return compact(text);
  const record = parseExact(text) as Record<string, Exact>;
  return JSON.stringify(
    Object.fromEntries(Object.entries(record).filter(([key]) => !dropped.includes(key))),
  );
};

const storedText = (payload: string, dropped: readonly string[]): string =>
  dropped.length === 0 ? compact(payload) : JSON.stringify(parseExact(payload));

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
  const columns = entity.columns.map(({ name }) => `"${name}"`).join(', ');
  const rows = await warehouse.query(
    `select ${columns}, payload from st_raw.${entity.table} where not _deleted`,
  );
  const list = [...truth.list].map((text) => withoutDropped(text, dropped));
  const feed = [...truth.export].map((text) => withoutDropped(text, dropped));
  if (rows.length !== Math.max(list.length, feed.length)) {
    faults.push(`${rows.length} rows, ${list.length} listed, ${feed.length} exported`);
  }
  const open = { list: countOf(list), feed: countOf(feed) };
  for (const row of rows) {
    const payload = String(row.payload);
    const text = storedText(payload, dropped);
    if (!take(open.list, text) && !take(open.feed, text))
      faults.push(`stranger ${text.slice(0, 200)}`);
    const record = parseExact(payload);
    for (const column of entity.columns) {
      const [want, have] = [wanted(at(record, column.path), column.type), found(row, column)];
      if (want !== have) faults.push(`${column.name}: ${String(have)} instead of ${String(want)}`);
    }
    if (faults.length > 10) break;
  }
  return faults.map((fault) => `${entity.name}: ${fault}`);
};

/** Each record of the truth stands for one row only. */
const take = (counts: Map<string, number>, text: string): boolean => {
  const count = counts.get(text) ?? 0;
  if (count === 0) return false;
  counts.set(text, count - 1);
  return true;
};
