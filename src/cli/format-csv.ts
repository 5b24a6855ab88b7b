import type { Row, Value } from '../warehouses/warehouse.ts';

/**
 * A text that a spreadsheet would take for a formula gets an apostrophe before it, as spreadsheets themselves write it.
 * A number is none, be it negative. For every file that a spreadsheet may open.
 * See https://owasp.org/www-community/attacks/CSV_Injection.
 */
export const neutralizeFormula = (text: string): string =>
  /^[=+\-@\t\r\n＝＋－＠]/.test(text) && !/^-?\d+(?:\.\d+)?$/.test(text) ? `'${text}` : text;

const toField = (value: Value | undefined): string => {
  if (value === null || value === undefined) return '';
  const safe = neutralizeFormula(String(value));
  return /[",\r\n]/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe;
};

/**
 * Rows as CSV (RFC 4180, lines end in a line feed; no line at the end). NULL is an empty field. A text that begins like a
 * formula gets an apostrophe before it, as spreadsheets themselves write it.
 */
export const formatCsv = (columns: readonly string[], rows: readonly Row[]): string =>
  [
    columns.map(toField).join(','),
    ...rows.map((row) => columns.map((column) => toField(row[column])).join(',')),
  ].join('\n');
