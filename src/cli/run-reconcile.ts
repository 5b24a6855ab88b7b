import { readConfig, readSourceConfig, type Config } from '../config.ts';
import { CheckError, ConfigError } from '../errors.ts';
import { kpis, noUnit, type Kpi } from '../pipeline/kpis/kpis.ts';
import { readCsvTable } from '../pipeline/reconcile/read-csv-table.ts';
import { assertColumns, reconcile, type Reconciled } from '../pipeline/reconcile/reconcile.ts';
import type { ReportTable } from '../pipeline/reconcile/report-table.ts';
import { formatReconciled, toReconciledJson } from './format-reconciled.ts';
import type { Io } from './io.ts';
import { openReportsOf, parseReportId, readReportTable } from './read-report-table.ts';
import { readDate } from './run-kpis.ts';
import { selectName, selectNames } from './select-names.ts';
import { withMarts, type OpenMarts } from './with-marts.ts';

export type ReconcileArguments = {
  kpi: string;
  from: string | undefined;
  to: string;
  csv: string | undefined;
  report: string | undefined;
  param: string[];
  unit: string[];
  format: 'table' | 'json';
};

const selectKpi = (typed: string): Kpi => {
  const known = kpis.map(({ name }) => name);
  const name = selectName(typed, { known, action: 'reconcile', what: 'KPI' });
  const kpi = kpis.find((one) => one.name === name);
  if (kpi === undefined) throw new Error('a KPI was selected that is not known');
  return kpi;
};

/** A snapshot is of the last date alone. */
const selectPeriod = ({ from, to }: ReconcileArguments, kpi: Kpi) => {
  const last = readDate(to, '--to');
  const first = from === undefined ? null : readDate(from, '--from');
  if (first === null && !kpi.records.isHistory) {
    throw new ConfigError(
      `Cannot reconcile ${kpi.name}: no first date given; add --from, a local date that is included as --to is`,
    );
  }
  if (first !== null && first > last) {
    throw new ConfigError(
      `Cannot reconcile from ${first} to ${last}: no day lies between; both dates are included, so give --to the last one`,
    );
  }
  return { first: first ?? last, last };
};

const selectUnits = (typed: readonly string[], { units }: OpenMarts): string[] | null => {
  if (typed.length === 0) return null;
  const known = [...new Set([...units.map(({ name }) => name), noUnit])];
  return selectNames(typed, { known, action: 'reconcile unit', what: 'unit' });
};

/** What must be built for a KPI to be compared. */
const tablesOf = (kpi: Kpi): string[] => [
  kpi.records.table,
  ...(kpi.records.isHistory ? [`st_mart.kpi_${kpi.name}`] : []),
  ...['st_dim.dim_jobs', 'st_dim.dim_invoices', 'st_ref.dim_bu_rollup', 'st_ref.dim_job_types'],
];

type Period = { first: string; last: string };

/**
 * Runs the report. What would be refused anyhow is refused before, since there is one run a minute; and the database is
 * closed meanwhile, because a run may have to wait and other commands need the file.
 */
const readReport = async (
  args: ReconcileArguments & { report: string },
  kpi: Kpi,
  period: Period,
  io: Io,
): Promise<ReportTable> => {
  const report = parseReportId(args.report);
  const config = readSourceConfig(io.env);
  await withMarts(tablesOf(kpi), io, (open) => Promise.resolve(selectUnits(args.unit, open)));
  const reports = await openReportsOf(config, io.log);
  try {
    const query = { report, params: args.param, ...period };
    return await readReportTable(reports, query, (columns) => {
      assertColumns(kpi, columns);
    });
  } finally {
    await reports.close();
  }
};

const readTable = async (
  args: ReconcileArguments,
  kpi: Kpi,
  period: Period,
  io: Io,
): Promise<ReportTable> => {
  const { csv, report, param } = args;
  if (csv !== undefined && report !== undefined) {
    throw new ConfigError('Cannot reconcile: --csv and --report exclude each other; give one');
  }
  if (report !== undefined) return readReport({ ...args, report }, kpi, period, io);
  if (csv === undefined) {
    throw new ConfigError(
      'Cannot reconcile: nothing to compare with; add --csv FILE or --report CATEGORY/ID',
    );
  }
  if (param.length === 0) return readCsvTable(csv);
  throw new ConfigError('Cannot reconcile: --param is of a --report, and --csv has none');
};

const explainDifference = ({ query, units, records }: Reconciled): CheckError => {
  const wrong = units.filter(({ isEqual }) => !isEqual).map(({ unit }) => unit);
  const { kpi, first, last } = query;
  const where =
    records.length === 0
      ? 'check the units and the period of the report'
      : `look the records above up in ServiceTitan and with fieldmart explain --kpi ${kpi.name}`;
  return new CheckError(
    `Cannot confirm ${kpi.name} of ${first === last ? last : `${first} to ${last}`}: ${wrong.length} of ${units.length} ` +
      `units differ (${wrong.join(', ')}); run fieldmart sync and fieldmart build if the report is newer than the marts, else ${where}`,
  );
};

const print = (
  reconciled: Reconciled,
  builtUntil: string | null,
  args: ReconcileArguments,
  io: Io,
) => {
  const { last } = reconciled.query;
  if (args.format === 'json') io.out(toReconciledJson(reconciled));
  else io.out(formatReconciled(reconciled, io.width));
  if (builtUntil === null || last <= builtUntil) return;
  const note = args.format === 'json' ? io.err : io.out;
  note(`\nThe marts were built on ${builtUntil}; they cannot hold what happened after it`);
};

const describeAgreement = ({ units, records }: Reconciled): string => {
  const agree = units.length === 0 ? 'Neither side has any record.' : 'Every unit agrees.';
  return records.length === 0
    ? agree
    : `${agree} The records above differ, but not so that a number of a unit would.`;
};

/** `fieldmart reconcile`: compares a KPI with a report of the source; 6 when a unit differs. */
export const runReconcile = async (args: ReconcileArguments, io: Io): Promise<number> => {
  const kpi = selectKpi(args.kpi);
  const period = selectPeriod(args, kpi);
  const { timeZone }: Config = readConfig(io.env);
  const table = await readTable(args, kpi, period, io);
  return withMarts(tablesOf(kpi), io, async (open) => {
    const units = selectUnits(args.unit, open);
    const reconciled = await reconcile(open.deps, table, { kpi, ...period, units, timeZone });
    print(reconciled, open.range?.last ?? null, args, io);
    if (reconciled.units.some(({ isEqual }) => !isEqual)) throw explainDifference(reconciled);
    if (args.format === 'table') io.out(`\n${describeAgreement(reconciled)}`);
    return 0;
  });
};
