import type { Writable } from 'node:stream';
import { setImmediate as breathe } from 'node:timers/promises';
import Excel from 'exceljs';
import { OutputError } from '../../errors.ts';
import { sheetRowsMax } from '../../limits.ts';
import type { Holds, Sheet } from './sheet.ts';
import { toCell } from './to-cell.ts';

const formats: Readonly<Record<Holds, string>> = {
  text: '@',
  id: '0',
  count: '#,##0',
  money: '#,##0.00',
  percent: '0.00',
  date: 'yyyy-mm-dd',
  instant: 'yyyy-mm-dd hh:mm:ss',
};

const addSheet = (book: Excel.stream.xlsx.WorkbookWriter, { name, columns }: Sheet) => {
  const sheet = book.addWorksheet(name, { views: [{ state: 'frozen', ySplit: 1 }] });
  sheet.columns = columns.map(({ width, holds }) => ({ width, style: { numFmt: formats[holds] } }));
  sheet.autoFilter = { from: { row: 1, column: 1 }, to: { row: 1, column: columns.length } };
  const head = sheet.addRow(columns.map((column) => column.name));
  head.font = { bold: true };
  head.commit();
  return sheet;
};

const writeSheet = async (book: Excel.stream.xlsx.WorkbookWriter, one: Sheet): Promise<number> => {
  const sheet = addSheet(book, one);
  let written = 0;
  for await (const rows of one.rows) {
    written += rows.length;
    if (written > sheetRowsMax) {
      throw new OutputError(
        `Cannot write the sheet ${one.name}: it has more than ${sheetRowsMax.toLocaleString('en-US')} rows, which is ` +
          'all that Excel takes; read the tables with SQL instead',
      );
    }
    for (const row of rows) {
      sheet.addRow(one.columns.map(({ holds }, index) => toCell(row[index], holds))).commit();
    }
    await breathe();
  }
  sheet.commit();
  return written;
};

/**
 * Writes a workbook of typed cells, sheet after sheet; rows go out as they come in, so memory does not grow with them.
 * @returns the rows of each sheet.
 * @throws OutputError when a sheet has more rows than Excel takes.
 */
export const writeWorkbook = async (sheets: readonly Sheet[], out: Writable): Promise<number[]> => {
  const book = new Excel.stream.xlsx.WorkbookWriter({
    stream: out,
    useStyles: true,
    useSharedStrings: false,
  });
  book.creator = 'fieldmart';
  const rows: number[] = [];
  for (const sheet of sheets) rows.push(await writeSheet(book, sheet));
  await book.commit();
  return rows;
};
