import { CheckError } from '../errors.ts';
import { assertWithin, explainKpi, type Explanation } from '../pipeline/kpis/explain.ts';
import { kpis, noUnit, parts, type Kpi } from '../pipeline/kpis/kpis.ts';
import type { Unit } from '../pipeline/kpis/read-mart.ts';
import { formatAmount } from './format-amount.ts';
import { formatCsv } from './format-csv.ts';
import { formatExplanation } from './format-explanation.ts';
import type { Io } from './io.ts';
import { readDate, type Format } from './run-kpis.ts';
import { selectName } from './select-names.ts';
import { withMarts, type OpenMarts } from './with-marts.ts';

export type ExplainArguments = { kpi: string; unit: string; date: string; format: Format };

const selectKpi = (typed: string): Kpi => {
  const measures = new Map([...kpis, ...parts].map((kpi) => [kpi.name, kpi]));
  const known = [...measures.keys()];
  const kpi = measures.get(selectName(typed, { known, action: 'explain', what: 'KPI' }));
  if (kpi === undefined) throw new Error('a KPI was selected that is not known');
  return kpi;
};

const withoutUnit: Unit = { name: noUnit, region: noUnit, kind: null };

const selectUnit = (typed: string, marts: readonly Unit[]): Unit => {
  // It is asked for on days that have no row for it, and of companies that never had one.
  const units = [...marts.filter(({ name }) => name !== noUnit), withoutUnit];
  const name = selectName(typed, {
    ...{ known: units.map((unit) => unit.name), action: 'explain unit', what: 'unit' },
    advise: (region) => {
      const found = units.filter((unit) => unit.region.trim().toLowerCase() === region);
      const names = found.map((unit) => unit.name).join(', ');
      return found.length === 0 ? undefined : `it is a region: give one of its units (${names})`;
    },
  });
  return units.find((unit) => unit.name === name) ?? withoutUnit;
};

const toJson = ({ kpi, unit, date, records, compared }: Explanation): string =>
  JSON.stringify({
    ...{ kpi: kpi.name, unit, date, table: kpi.records.table, records },
    numbers: compared.map(({ kpi: { name }, fromRecords, inMart, isEqual }) => ({
      ...{ name, fromRecords, inMart, isEqual },
    })),
  });

const print = (explanation: Explanation, format: Format, io: Io): void => {
  const { details } = explanation.kpi.records;
  const { head, table, verdict } = formatExplanation(explanation, io.width);
  if (format === 'table') io.out([head, ...table, verdict].join('\n\n'));
  if (format === 'json') io.out(toJson(explanation));
  if (format !== 'csv') return;
  const columns = details.map(({ name }) => name);
  io.out(formatCsv(columns, explanation.records));
  io.err(`${head}\n${verdict}`);
};

const explainDifference = ({ kpi, unit, date, compared }: Explanation): CheckError => {
  const wrong = compared
    .filter(({ isEqual }) => !isEqual)
    .map(
      (one) =>
        `${one.kpi.name} is ${formatAmount(one.fromRecords)} by its records and ${formatAmount(one.inMart)} in the mart`,
    );
  return new CheckError(
    `Cannot confirm ${kpi.name} of ${unit} on ${date}: ${wrong.join(', ')}; run fieldmart build, and report it if ` +
      'they still differ',
  );
};

const explain = async (open: OpenMarts, kpi: Kpi, args: ExplainArguments): Promise<Explanation> => {
  const { deps, range, units } = open;
  // Marts without rows know no unit either.
  if (range === null) assertWithin({ kpi, date: args.date }, range);
  const unit = selectUnit(args.unit, units);
  return explainKpi(deps, { kpi, unit, date: args.date }, { units, range });
};

/** `fieldmart explain`: lists the records that make up a number, and says whether they do. */
export const runExplain = async (args: ExplainArguments, io: Io): Promise<number> => {
  const kpi = selectKpi(args.kpi);
  readDate(args.date, '--date');
  const explanation = await withMarts(['st_mart.daily_kpis'], io, (open) =>
    explain(open, kpi, args),
  );
  print(explanation, args.format, io);
  if (explanation.compared.every(({ isEqual }) => isEqual)) return 0;
  throw explainDifference(explanation);
};
