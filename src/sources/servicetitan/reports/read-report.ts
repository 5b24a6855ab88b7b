import { SourceError } from '../../../errors.ts';
import { emptyPagesMax, reportPageSize, reportPagesMax } from '../../../limits.ts';
import type { AskReport } from './ask-report.ts';
import { pathOfReport } from './describe-report.ts';
import { explainReportFailure } from './explain-report-failure.ts';
import { readReportPage } from './read-report-page.ts';
import type { ReportPage } from './read-report-page.ts';
import { nameReport } from './report.ts';
import type { ReportArgument, ReportData, ReportField, ReportId } from './report.ts';

const fail = (report: ReportId, why: string): never => {
  throw new SourceError(`Cannot read report ${nameReport(report)}: ${why}`);
};

const again = 'run the command again';

/** Rows in the order of the first page's fields: another page may name them in another. */
const arrange = (report: ReportId, first: readonly ReportField[], page: ReportPage) => {
  const places = first.map(({ name }) => page.fields.findIndex((field) => field.name === name));
  if (places.includes(-1) || page.fields.length !== first.length) {
    return fail(report, `its columns changed while it was read; ${again}`);
  }
  return page.rows.map((row) => places.map((place) => row[place] ?? null));
};

const checkFields = (report: ReportId, fields: readonly ReportField[]): void => {
  const names = fields.map(({ name }) => name);
  const twin = names.find((name, index) => names.indexOf(name) !== index);
  if (twin === undefined) return;
  fail(report, `two of its columns are named ${twin}; mend the report in ServiceTitan`);
};

const checkTotal = (report: ReportId, rows: number, { total, hasMore }: ReportPage): void => {
  if (total === null || rows === total || (hasMore && rows < total)) return;
  fail(report, `it gave ${rows} rows and said that it has ${total}; it moved, so ${again}`);
};

/**
 * Runs a report and reads all its pages. Beside `hasMore` the API's own count, and bounds on pages, keep it from going on
 * for ever. A POST to `/data` as section "Reporting" of ServiceTitan's documentation has it: rows are arrays in the order
 * of `fields`.
 * @throws SourceError
 */
export const readReport = async (
  ask: AskReport,
  report: ReportId,
  parameters: readonly ReportArgument[],
): Promise<ReportData> => {
  const body = JSON.stringify({ parameters });
  const path = `${pathOfReport(report)}/data`;

  const readPage = async (page: number): Promise<ReportPage> => {
    const query = { page: String(page), pageSize: String(reportPageSize), includeTotal: 'true' };
    try {
      return await ask({ path, query, body }, (bytes) => readReportPage(bytes, page));
    } catch (error) {
      throw explainReportFailure(error, {
        what: `report ${nameReport(report)}`,
        place: `page ${page}`,
        parameters: parameters.map(({ name }) => name),
      });
    }
  };

  const rows: (string | null)[][] = [];
  let fields: readonly ReportField[] | undefined;
  let empty = 0;
  for (let number = 1; number <= reportPagesMax; number += 1) {
    const page = await readPage(number);
    if (fields === undefined) checkFields(report, page.fields);
    fields ??= page.fields;
    rows.push(...arrange(report, fields, page));
    checkTotal(report, rows.length, page);
    if (!page.hasMore) return { fields: [...fields], rows };
    empty = page.rows.length === 0 ? empty + 1 : 0;
    if (empty > emptyPagesMax) {
      return fail(report, `${empty} pages in a row brought no rows and promised more; ${again}`);
    }
  }
  return fail(report, `it has more than ${reportPagesMax} pages; ask for a shorter period`);
};
