import type { Config, SourceConfig } from '../config.ts';
import { ConfigError } from '../errors.ts';
import type { Logger } from '../logger.ts';
import type { ReportTable } from '../pipeline/reconcile/report-table.ts';
import type { Reports } from '../sources/servicetitan/reports/open-reports.ts';
import {
  nameReport,
  type ReportData,
  type ReportId,
} from '../sources/servicetitan/reports/report.ts';
import { chooseArguments } from './choose-report-arguments.ts';

/** `marketing/1001`. @throws ConfigError for anything else. */
export const parseReportId = (text: string): ReportId => {
  const [, category, id] = /^([\w.-]+)\/(\d{1,19})$/.exec(text.trim()) ?? [];
  if (category === undefined || id === undefined) {
    throw new ConfigError(
      `Cannot use --report ${text}: it is no report; write its category and number, as marketing/1001`,
    );
  }
  return { category, id };
};

/** The Reporting API of the tenant that the environment names. */
export const openReportsOf = async (
  config: Config & { source: SourceConfig },
  log: Logger,
): Promise<Reports> => {
  const { openReports } = await import('../sources/servicetitan/reports/open-reports.ts');
  return openReports({ ...config.source, tenantId: config.tenantId, log: log.info });
};

export type ReportQuery = {
  report: ReportId;
  /** As typed: `NAME=VALUE`. */
  params: readonly string[];
  first: string;
  last: string;
};

/**
 * Runs a report of the Reporting API and gives it as a table. Its description is read first, so that a parameter or a
 * column that it does not have is said before a run, of which there is one a minute, is used up.
 * @param check throws for columns that will not do; the table has no rows yet.
 * @throws ConfigError for such a parameter; SourceError when the source refuses; whatever `check` throws.
 */
export const readReportTable = async (
  reports: Reports,
  { report, params, first, last }: ReportQuery,
  check: (table: ReportTable) => void,
): Promise<ReportTable> => {
  const title = `report ${nameReport(report)}`;
  const toTable = ({ fields }: Pick<ReportData, 'fields'>, rows: ReportTable['rows']) => ({
    title,
    place: 'row' as const,
    columns: fields.map(({ name, label }) => [name, label]),
    rows,
  });
  const description = await reports.describe(report);
  check(toTable(description, []));
  const { parameters } = description;
  const data = await reports.read(
    report,
    chooseArguments({ title, parameters, params, first, last }),
  );
  const rows = data.rows.map((cells, index) => ({
    at: index + 1,
    cells: cells.map((cell) => cell ?? ''),
  }));
  return toTable(data, rows);
};
