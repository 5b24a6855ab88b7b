import { chooseDates } from '../pipeline/kpis/choose-dates.ts';
import { kpis } from '../pipeline/kpis/kpis.ts';
import { columnsOf, marts, type Grain } from '../pipeline/kpis/marts.ts';
import { readKpis } from '../pipeline/kpis/read-kpis.ts';
import { readFirstSnapshot, type Unit } from '../pipeline/kpis/read-mart.ts';
import { startOfLocalDate } from '../pipeline/local-dates.ts';
import type { Row } from '../warehouses/warehouse.ts';
import { formatCsv } from './format-csv.ts';
import { formatKpis, titleOf } from './format-kpis.ts';
import type { Io } from './io.ts';
import { selectNames } from './select-names.ts';
import { withMarts, type OpenMarts } from './with-marts.ts';

/** How results are written. */
export type Format = 'table' | 'csv' | 'json';

export type KpisArguments = {
  from: string | undefined;
  to: string | undefined;
  /** Units, or regions where rows are of those; none for all. */
  unit: string[];
  by: Grain;
  format: Format;
};

/** @throws ConfigError when the text is no date. */
export const readDate = (text: string, option: string): string => {
  startOfLocalDate(text, 'UTC', option);
  return text;
};

const unitsOf = (region: string, units: readonly Unit[]): string =>
  units
    .filter((unit) => unit.region === region)
    .map(({ name }) => name)
    .join(', ');

/** For who names a region where units are asked for, or the other way round. */
const adviseOn = (isRegional: boolean, units: readonly Unit[]) => (typed: string) => {
  const unit = units.find(({ name, region }) =>
    [name, region].some((one) => one.trim().toLowerCase() === typed),
  );
  if (unit === undefined) return undefined;
  return isRegional
    ? `it is a unit of ${unit.region}, and --by region takes regions`
    : `it is a region: give its units (${unitsOf(unit.region, units)}), or --by region`;
};

const selectPlaces = (typed: readonly string[], grain: Grain, units: readonly Unit[]) => {
  if (typed.length === 0) return null;
  const isRegional = marts[grain].place === 'region';
  const known = units.map(({ name, region }) => (isRegional ? region : name));
  const what = isRegional ? 'region' : 'unit';
  return selectNames(typed, {
    ...{ known: [...new Set(known)], what, action: `show ${what}` },
    advise: adviseOn(isRegional, units),
  });
};

/** What a reader should know about these rows; null when nothing is missing. */
const explainMissing = async (
  { deps, range }: OpenMarts,
  rows: readonly Row[],
): Promise<string | null> => {
  if (range === null) {
    return 'The marts are empty: no KPI has any record yet; load records, then run fieldmart build';
  }
  if (rows.length === 0) {
    return `No rows: the marts go from ${range.first} to ${range.last}`;
  }
  const snapshots = kpis.filter(({ records }) => records.isHistory);
  if (rows.some((row) => snapshots.some(({ name }) => row[name] !== null))) return null;
  const first = await readFirstSnapshot(deps);
  const names = snapshots.map(({ head }) => head).join(' and ');
  return first === null
    ? null
    : `${names} are snapshots: builds write them for their own date, the first for ${first}`;
};

/** The rows, with their title where they are a table. */
const print = (
  { grain, rows }: { grain: Grain; rows: readonly Row[] },
  title: string,
  { format, io }: { format: Format; io: Io },
): void => {
  if (format === 'json') io.out(JSON.stringify(rows));
  if (format === 'csv') io.out(formatCsv(columnsOf(marts[grain]), rows));
  if (format !== 'table' || rows.length === 0) return;
  io.out(`${title}\n\n${formatKpis(grain, rows, io.width)}`);
};

/** Prints the KPIs that are asked for, out of open marts. */
export const showKpis = async (open: OpenMarts, args: KpisArguments, io: Io): Promise<void> => {
  const { by: grain, format } = args;
  const places = selectPlaces(args.unit, grain, open.units);
  const wanted = { from: args.from ?? null, to: args.to ?? null };
  const dates = open.range === null ? null : chooseDates(wanted, open.range);
  const rows = dates === null ? [] : await readKpis(open.deps, { grain, dates, places });
  const title = dates === null ? '' : titleOf(grain, dates);
  print({ grain, rows }, title, { format, io });
  const note = format === 'table' ? io.out : io.err;
  if (format !== 'table' && dates !== null && dates.why !== null) note(title);
  const missing = await explainMissing(open, rows);
  if (missing !== null) note(format === 'table' && rows.length > 0 ? `\n${missing}` : missing);
};

/** `fieldmart kpis`: prints the KPIs by day, week or region. */
export const runKpis = async (args: KpisArguments, io: Io): Promise<number> => {
  if (args.from !== undefined) readDate(args.from, '--from');
  if (args.to !== undefined) readDate(args.to, '--to');
  await withMarts(['st_mart.daily_kpis', marts[args.by].table], io, (open) =>
    showKpis(open, args, io),
  );
  return 0;
};
