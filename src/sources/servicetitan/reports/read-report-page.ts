import { malformed } from '../malformed.ts';
import { parseExact } from './parse-exact.ts';
import type { ExactJson } from './parse-exact.ts';
import type { ReportField } from './report.ts';

export type ReportPage = {
  fields: ReportField[];
  rows: (string | null)[][];
  hasMore: boolean;
  /** Rows of the whole run, where the API says so. */
  total: number | null;
};

type Members = Record<string, ExactJson | undefined>;

const membersOf = (json: ExactJson | undefined): Members =>
  typeof json === 'object' && json !== null && !Array.isArray(json) ? json : {};

const textOf = (json: ExactJson | undefined): string => (typeof json === 'string' ? json : '');

const listOf = (json: ExactJson | undefined): ExactJson[] => {
  if (!Array.isArray(json)) throw malformed();
  return json;
};

const readField = (json: ExactJson): ReportField => {
  const { name, label } = membersOf(json);
  if (typeof name !== 'string' || name === '') throw malformed();
  return { name, label: textOf(label) };
};

/** Numbers and texts look alike from here on; a nested value stays JSON. */
const readCell = (json: ExactJson): string | null => {
  if (json === null || typeof json === 'string') return json;
  return typeof json === 'object' ? JSON.stringify(json) : String(json);
};

const readRow = (json: ExactJson, width: number): (string | null)[] => {
  const cells = listOf(json);
  if (cells.length !== width) throw malformed();
  return cells.map(readCell);
};

/**
 * Reads the body of one page of a run.
 * @throws HttpFailure of kind `body` when it is not such a page, or another one than was asked for: worth asking again.
 */
export const readReportPage = (body: Buffer, page: number): ReportPage => {
  const members = membersOf(parseExact(body.toString('utf8')));
  const fields = listOf(members.fields).map(readField);
  const { hasMore, totalCount } = members;
  if (typeof hasMore !== 'boolean' || Number(members.page) !== page) throw malformed();
  return {
    fields,
    rows: listOf(members.data).map((row) => readRow(row, fields.length)),
    hasMore,
    total: typeof totalCount === 'string' ? Number(totalCount) : null,
  };
};
