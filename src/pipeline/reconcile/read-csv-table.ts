import { isUtf8 } from 'node:buffer';
import { readFile, stat } from 'node:fs/promises';
import { basename } from 'node:path';
import { ConfigError } from '../../errors.ts';
import { csvBytesMax } from '../../limits.ts';
import { parseCsv } from '../parse-csv.ts';
import { parseAmount } from './parse-amount.ts';
import type { ReportTable } from './report-table.ts';

const reasons: Readonly<Record<string, string>> = {
  ENOENT: 'there is no such file; check --csv',
  ENOTDIR: 'there is no such file; check --csv',
  EISDIR: 'it is a folder; give the file in it',
  EACCES: 'this user may not read it; change its permissions',
  EPERM: 'this user may not read it; change its permissions',
};

const fail = (file: string, why: string, cause?: unknown): never => {
  throw new ConfigError(`Cannot read ${basename(file)}: ${why}`, { cause });
};

const readBytes = async (file: string): Promise<Buffer> => {
  try {
    const { size } = await stat(file);
    if (size <= csvBytesMax) return await readFile(file);
  } catch (error) {
    const { code = '' } = error as NodeJS.ErrnoException;
    return fail(file, reasons[code] ?? `the system refuses (${code}); check --csv`, error);
  }
  return fail(file, `it is larger than ${csvBytesMax} bytes; export a shorter period`);
};

/** Exports are UTF-8, or what Windows has written since before there was any. */
const decode = (file: string, bytes: Buffer): string => {
  const mark = bytes.subarray(0, 2).toString('hex');
  if (mark === 'fffe' || mark === 'feff') fail(file, 'it is UTF-16 text; save it as CSV UTF-8');
  if (bytes.includes(0)) fail(file, 'it is no text (a workbook, perhaps); save it as CSV UTF-8');
  return isUtf8(bytes) ? bytes.toString('utf8') : new TextDecoder('windows-1252').decode(bytes);
};

/** Something that columns are not called: a date, an amount with decimals, a long number. */
const isValue = (text: string): boolean =>
  /^\d{1,4}[-/]\d{1,2}[-/]\d/.test(text) ||
  (/\d\.\d|\d{5}/.test(text) && parseAmount(text) !== undefined);

/**
 * A CSV export with the names of its columns in the first line.
 * @throws ConfigError when it cannot be read, is empty, or is no such CSV; it never quotes a cell.
 */
export const readCsvTable = async (file: string): Promise<ReportTable> => {
  const { columns, rows, faults } = parseCsv(decode(file, await readBytes(file)));
  const [fault] = faults;
  if (fault !== undefined) fail(file, `line ${fault.line}: ${fault.reason}; mend the file`);
  if (columns.length === 0) fail(file, 'it is empty; export the report again');
  if (columns.some(isValue)) {
    fail(file, 'its first line holds values, not the names of columns; export it with them');
  }
  return {
    title: basename(file),
    place: 'line',
    columns: columns.map((name) => [name]),
    rows: rows.map(({ line, cells }) => ({ at: line, cells })),
  };
};
