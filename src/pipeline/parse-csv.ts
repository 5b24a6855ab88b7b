import { parse } from 'csv-parse/sync';

/** What is wrong with a line of a file. Lines are counted from 1, as an editor counts them. */
export type LineFault = { line: number; reason: string };

/** A row and the line on which it begins. */
export type CsvRow = { line: number; cells: string[] };

export type Csv = {
  /** Of the first row, trimmed. */
  columns: string[];
  /** Those that are as wide as the first row. Empty lines are left out. */
  rows: CsvRow[];
  /** Rows of another width, or the quote at which reading had to end. */
  faults: LineFault[];
};

type Parsed = { record: string[]; raw: string };

const quoteFaults: Readonly<Record<string, string>> = {
  CSV_QUOTE_NOT_CLOSED: 'the file ends inside quotes: one that was opened is never closed',
  INVALID_OPENING_QUOTE:
    'a quote stands inside a field without quotes; quote the field and double the quote',
  CSV_INVALID_CLOSING_QUOTE: 'text follows a closing quote; double the quotes inside a field',
};

const explain = (error: unknown): LineFault => {
  const { code = '', lines = 1 } = error as { code?: string; lines?: number };
  return { line: lines, reason: quoteFaults[code] ?? 'it cannot be read as CSV' };
};

const countBreaks = (text: string): number => text.match(/\r\n|\n|\r/g)?.length ?? 0;

/** Where each record begins: the texts follow each other without a gap, empty lines before the record they precede. */
const withLines = (parsed: readonly Parsed[]): CsvRow[] => {
  let before = 0;
  return parsed.map(({ record, raw }) => {
    const line = before + countBreaks(/^[\r\n]*/.exec(raw)?.[0] ?? '') + 1;
    before += countBreaks(raw);
    return { line, cells: record };
  });
};

/** Reads CSV (RFC 4180, any line ends, a byte order mark allowed) with the names of its columns in the first row. */
export const parseCsv = (text: string): Csv => {
  let parsed: Parsed[];
  try {
    parsed = parse(text, {
      ...{ bom: true, raw: true, relax_column_count: true, skip_empty_lines: true },
      record_delimiter: ['\r\n', '\n', '\r'],
    }) as unknown as Parsed[];
  } catch (error) {
    return { columns: [], rows: [], faults: [explain(error)] };
  }
  const [head, ...rows] = withLines(parsed);
  const columns = (head?.cells ?? []).map((name) => name.trim());
  const isWhole = ({ cells }: CsvRow): boolean => cells.length === columns.length;
  const faults = rows
    .filter((row) => !isWhole(row))
    .map(({ line, cells }) => ({
      line,
      reason: `it has ${cells.length} fields and the first row has ${columns.length}`,
    }));
  return { columns, rows: rows.filter(isWhole), faults };
};
