import type { Row, Value } from '../warehouses/warehouse.ts';

/** A text that a spreadsheet would take for a formula. A number is none, be it negative. */
const isFormula = (text: string): boolean =>
  /^[=+\-@\t\r\n]/.test(text) && !/^-?[\d.]+$/.test(text);

const toField = (value: Value | undefined): string => {
  if (value === null || value === undefined) return '';
  const text = String(value);
  const safe = isFormula(text) ? `'${text}` : text;
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
