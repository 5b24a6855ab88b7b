import { ConfigError } from '../../errors.ts';
import { recordsShownMax } from '../../limits.ts';
import type { Kpi } from '../kpis/kpis.ts';
import type { MartDeps } from '../kpis/read-mart.ts';
import { compareRecords, compareUnits } from './compare-sides.ts';
import type { ComparedRecord, ComparedUnit } from './compare-sides.ts';
import { describeReading } from './describe-reading.ts';
import { findColumns, type Places } from './find-columns.ts';
import { forms, type Form } from './forms.ts';
import { measureOf, type Measure } from './measure.ts';
import { mergeLines, mergeOurs, type MergeOptions } from './merge-lines.ts';
import { netLocations, readLocations, type Netted } from './net-locations.ts';
import { readPlaceUnit } from './place-units.ts';
import { readLines, type ReportLine } from './read-lines.ts';
import { readElsewhere, readOurs, type OurQuery, type OurRecord } from './read-ours.ts';
import { readWarrantyTypes } from './read-warranty-types.ts';
import type { ReportTable } from './report-table.ts';

export type ReconcileQuery = {
  kpi: Kpi;
  /** Local dates, both included; of a snapshot only the last counts. */
  first: string;
  last: string;
  /** Rolled-up units; null for all. */
  units: readonly string[] | null;
  /** Of the tenant, for instants that a report gives in UTC. */
  timeZone: string;
};

/** A record on which the sides differ, and where ours stands on other dates. */
export type RecordDifference = ComparedRecord & { elsewhere: OurRecord[] };

export type Reconciled = {
  query: ReconcileQuery;
  /** What the report is called. */
  title: string;
  /** What names a record: `['payment', 'invoice']`. */
  keys: readonly string[];
  measure: Measure;
  units: ComparedUnit[];
  total: ComparedUnit;
  records: RecordDifference[];
  /** What else a reader should know: what was left out, and what stood twice. */
  notes: string[];
};

const formOf = ({ name }: Kpi): Form => {
  const form = forms[name];
  if (form === undefined) throw new Error(`${name} has no form of a report.`);
  return form;
};

const isWanted = (unit: string, { units }: ReconcileQuery): boolean =>
  units === null || units.includes(unit);

const netLines = async (
  deps: MartDeps,
  lines: ReportLine[],
  places: Places,
  isNetted: boolean,
): Promise<Netted> => {
  if (!isNetted) return { lines, small: 0, nameless: 0 };
  return netLocations(lines, await readLocations(deps, places.keys));
};

/** A snapshot cannot be made for a date that has passed. */
const assertSnapshot = async (
  { warehouse, tenantId }: MartDeps,
  { kpi, last }: ReconcileQuery,
): Promise<void> => {
  const rows = await warehouse.query(
    `select distinct cast(event_date as string) as event_date
    from st_mart.kpi_${kpi.name} where tenant_id = @tenant order by event_date desc`,
    { tenant: tenantId },
  );
  const dates = rows.map((row) => String(row.event_date));
  if (dates.includes(last)) return;
  const latest = dates.slice(0, 5).join(', ');
  throw new ConfigError(
    `Cannot reconcile ${kpi.name} of ${last}: no build wrote a snapshot of that date; ` +
      (latest === '' ? 'run fieldmart build' : `give --to one of the latest: ${latest}`),
  );
};

const findElsewhere = async (
  deps: MartDeps,
  query: OurQuery,
  records: readonly ComparedRecord[],
): Promise<RecordDifference[]> => {
  const missing = records.filter(({ ours }) => ours === null).slice(0, recordsShownMax);
  const ids = [...new Set(missing.map((record) => record.ids[0] ?? ''))];
  const found = await readElsewhere(deps, query, ids);
  return records.map((record) => ({
    ...record,
    elsewhere:
      record.ours === null
        ? found.filter((one) => one.ids.every((id, index) => id === record.ids[index]))
        : [],
  }));
};

/**
 * Makes sure that a report has the columns of the KPI's form.
 * @throws ConfigError naming those that are missing.
 */
export const assertColumns = (kpi: Kpi, table: ReportTable): void => {
  findColumns(table, { form: formOf(kpi), parts: measureOf(kpi).parts, kpi: kpi.name });
};

/** Everything that is read of both sides before they are compared. */
const readSides = async (deps: MartDeps, table: ReportTable, query: ReconcileQuery) => {
  const { kpi, first, last, timeZone } = query;
  const form = formOf(kpi);
  const measure = measureOf(kpi);
  const { isHistory } = kpi.records;
  const places = findColumns(table, { form, parts: measure.parts, kpi: kpi.name });
  if (isHistory) await assertSnapshot(deps, query);
  const placeUnit = await readPlaceUnit(deps, kpi);
  const read = readLines(table, {
    places,
    placeUnit,
    warrantyTypes: await readWarrantyTypes(deps),
    period: isHistory ? null : { first, last },
    timeZone,
  });
  const netted = await netLines(deps, read.lines, places, form.isNetted === true);
  const ourQuery: OurQuery = { kpi, keys: places.keys, parts: measure.parts };
  const ours = await readOurs(deps, ourQuery, { first: isHistory ? last : first, last });
  return { measure, places, read, netted, ourQuery, ours };
};

/** Sums may differ by more than a cent though no record does. */
const describeRounding = (
  units: readonly ComparedUnit[],
  records: readonly ComparedRecord[],
): string[] =>
  units.every(({ isEqual }) => isEqual) || records.length > 0
    ? []
    : ['No single record differs by more than a cent: the report rounds each of them.'];

/**
 * Compares a report of the source with our own records: per unit, then record by record.
 * @throws ConfigError for a report that lacks a column or holds a cell that cannot be read, and for a snapshot that was
 * never written; WarehouseError when the warehouse refuses.
 */
export const reconcile = async (
  deps: MartDeps,
  table: ReportTable,
  query: ReconcileQuery,
): Promise<Reconciled> => {
  const { kpi } = query;
  const sides = await readSides(deps, table, query);
  const { measure, places, netted, ourQuery } = sides;
  const wanted = netted.lines.filter(
    ({ placed }) => placed.how === 'unit' && isWanted(placed.name, query),
  );
  const options: MergeOptions = {
    how: places.parts.map(({ how }) => how),
    isByUnit: places.isByUnit,
  };
  const source = mergeLines(wanted, options);
  const ours = mergeOurs(
    sides.ours.filter(({ unit }) => isWanted(unit, query)),
    options,
  );
  const { units, total } = compareUnits(source, ours, { measure, kpi });
  const differing = compareRecords(source, ours, measure);
  return {
    query,
    title: table.title,
    keys: places.keys.map(({ key }) => key.name),
    measure,
    units,
    total,
    records: await findElsewhere(deps, ourQuery, differing),
    notes: [
      ...describeReading({ table, kpi, read: sides.read, netted, source, places, measure }),
      ...describeRounding(units, differing),
    ],
  };
};
