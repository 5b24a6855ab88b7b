import type { Warehouse } from '../../../../../src/warehouses/warehouse.ts';
import { billedMib, mebibyte, sumBytes, type Sizes } from './logical-bytes.ts';

/** MiB that a query reads, and that it is billed: whole ones, with the least for each table. */
export type Bill = { readMib: number; billedMib: number };

type PlanNode = {
  name: string;
  children: PlanNode[];
  extra_info: Readonly<Record<string, string | string[] | undefined>>;
};

const toText = (value: string | string[] | undefined): string =>
  Array.isArray(value) ? value.join(' ') : (value ?? '');

/** Which tables the plan scans, and every word that may name a column of theirs. */
const collectScans = (node: PlanNode, above: string, found: [string, string][]): void => {
  const info = node.extra_info;
  if (node.name.trim() === 'SEQ_SCAN') {
    const table = toText(info.Table).split('.').slice(-2).join('.').replaceAll('"', '');
    found.push([table, `${toText(info.Projections)} ${toText(info.Filters)} ${above}`]);
  }
  const own = node.name.trim() === 'FILTER' ? toText(info.Expression) : '';
  for (const child of node.children) collectScans(child, own, found);
};

/**
 * What BigQuery bills a query, going by the columns that DuckDB's plan reads: both read single columns. Clusters, which
 * would let BigQuery read less, are left out of account.
 */
export const billQuery = async (warehouse: Warehouse, sizes: Sizes, sql: string): Promise<Bill> => {
  const [row = {}] = await warehouse.query(`explain (format json) ${sql}`);
  const text = Object.values(row).find((value) => String(value).trimStart().startsWith('['));
  const [plan] = JSON.parse(String(text)) as PlanNode[];
  const found: [string, string][] = [];
  if (plan !== undefined) collectScans(plan, '', found);
  const words = new Map<string, Set<string>>();
  for (const [table, names] of found) {
    const known = words.get(table) ?? new Set<string>();
    for (const name of names.match(/\w+/g) ?? []) known.add(name);
    words.set(table, known);
  }
  const bytes = [...words].map(([table, names]) => sumBytes(sizes, table, names));
  return {
    readMib: bytes.reduce((sum, one) => sum + one, 0) / mebibyte,
    billedMib: bytes.reduce((sum, one) => sum + billedMib(one), 0),
  };
};
