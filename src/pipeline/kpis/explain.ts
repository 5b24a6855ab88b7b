import { ConfigError } from '../../errors.ts';
import type { Row, Value } from '../../warehouses/warehouse.ts';
import { computeKpi, toAmount, type Amount } from './amounts.ts';
import { kpis, noUnit, parts, type Kpi, type UnitKind } from './kpis.ts';
import type { DateRange, MartDeps, Unit } from './read-mart.ts';
import type { RecordTable } from './record-tables.ts';

/** One number, out of the records and out of `st_mart.daily_kpis`. */
export type Compared = { kpi: Kpi; fromRecords: Amount; inMart: Amount; isEqual: boolean };

export type Explanation = {
  kpi: Kpi;
  unit: string;
  date: string;
  /** The records that make the number up, with the columns that their table's `details` name. */
  records: Row[];
  /** The parts of a ratio, then the KPI itself. */
  compared: Compared[];
};

export type ExplainQuery = { kpi: Kpi; unit: Unit; date: string };

const kindNames: Readonly<Record<UnitKind, string>> = {
  SALES: 'sales',
  PRODUCTION: 'production',
};

/**
 * Refuses a KPI that a unit cannot have, and names the units of the same region that have it.
 * @throws ConfigError
 */
const assertApplies = ({ kpi, unit }: ExplainQuery, units: readonly Unit[]): void => {
  const { kinds } = kpi;
  if (unit.kind === null ? kinds.length > 1 : kinds.includes(unit.kind)) return;
  const kind = kinds.map((one) => kindNames[one]).join(' and ');
  const state = `Cannot explain ${kpi.name} of ${unit.name}: it is a number of ${kind} units`;
  const sisters = units
    .filter((one) => one.region === unit.region && one.kind !== null && kinds.includes(one.kind))
    .map(({ name }) => name);
  if (unit.kind === null) throw new ConfigError(`${state}; ${noUnit} has dollars_collected alone`);
  throw new ConfigError(
    sisters.length === 0
      ? `${state}; ${unit.region} has none`
      : `${state}; ask for ${sisters.join(' or ')}, the ${kind} unit of ${unit.region}`,
  );
};

/** @throws ConfigError when the marts have no row of the date. */
export const assertWithin = (
  { kpi, date }: Pick<ExplainQuery, 'kpi' | 'date'>,
  range: DateRange | null,
): void => {
  if (range !== null && range.first <= date && date <= range.last) return;
  const state = `Cannot explain ${kpi.name} on ${date}: st_mart.daily_kpis`;
  throw new ConfigError(
    range === null
      ? `${state} is empty; load records first, then run fieldmart build`
      : `${state} goes from ${range.first} to ${range.last}; choose a date between`,
  );
};

const readNumbers = async (
  { warehouse, tenantId }: MartDeps,
  { unit, date }: ExplainQuery,
): Promise<Row | undefined> => {
  const columns = [...kpis, ...parts].map(({ name }) => name).join(', ');
  const [row] = await warehouse.query(
    `select ${columns}
    from st_mart.daily_kpis
    where tenant_id = @tenant and business_unit = @unit and event_date = cast(@date as date)`,
    { tenant: tenantId, unit: unit.name, date },
  );
  return row;
};

/** The snapshots nearest to a date on which there is none. */
const explainNoSnapshot = async (
  { warehouse, tenantId }: MartDeps,
  { kpi, unit, date }: ExplainQuery,
): Promise<ConfigError> => {
  const [row] = await warehouse.query(
    `select
      cast(max(if(event_date < cast(@date as date), event_date, null)) as string) as before,
      cast(min(if(event_date > cast(@date as date), event_date, null)) as string) as after
    from st_mart.daily_kpis
    where tenant_id = @tenant and business_unit = @unit and ${kpi.name} is not null`,
    { tenant: tenantId, unit: unit.name, date },
  );
  const near = [row?.before ?? null, row?.after ?? null].filter((one) => one !== null);
  const advice =
    near.length === 0
      ? 'no build has written any yet'
      : `the nearest ${near.length === 1 ? 'is' : 'are'} of ${near.join(' and ')}`;
  return new ConfigError(
    `Cannot explain ${kpi.name} of ${unit.name} on ${date}: no build wrote a snapshot on that date; ${advice}`,
  );
};

const readRecords = (
  { warehouse, tenantId }: MartDeps,
  { kpi, unit, date }: ExplainQuery,
): Promise<Row[]> => {
  const { table, details, joins }: RecordTable = kpi.records;
  const columns = details.map(({ name, sql }) => `${sql} as ${name}`);
  return warehouse.query(
    `select ${columns.join(', ')}
    from
      ${table} as records
      inner join st_ref.dim_tenants as tenants on tenants.tenant_id = records.tenant_id
      ${joins}
    where
      records.tenant_id = @tenant
      and records.business_unit = @unit
      and records.event_date = cast(@date as date)
    order by ${details.map((_, index) => index + 1).join(', ')}`,
    { tenant: tenantId, unit: unit.name, date },
  );
};

/** Money as exact text in one form; ids, counts and texts as they are. */
const toExact = ({ details }: RecordTable, row: Row): Row =>
  Object.fromEntries(
    details.map(({ name, holds }): [string, Value] => [
      name,
      holds === 'money' ? toAmount(row[name], 'money') : (row[name] ?? null),
    ]),
  );

const partsOf = ({ formula }: Kpi): Kpi[] =>
  formula.how === 'share' || formula.how === 'margin'
    ? [...kpis, ...parts].filter(({ name }) => name === formula.part || name === formula.whole)
    : [];

const isNothing = (amount: Amount): boolean => amount === null || Number(amount) === 0;

/** A day on which no money went to no unit has no row for it. */
const isEqual = (fromRecords: Amount, inMart: Amount, hasRow: boolean): boolean =>
  fromRecords === inMart || (!hasRow && isNothing(fromRecords));

/**
 * The records that make up a KPI's number of one unit and day, and whether they do.
 * @param known What the marts hold, so that a wrong question gets an answer that helps.
 * @throws ConfigError when the unit has no such KPI, or the marts nothing of that date.
 */
export const explainKpi = async (
  deps: MartDeps,
  query: ExplainQuery,
  known: { units: readonly Unit[]; range: DateRange | null },
): Promise<Explanation> => {
  const { kpi, unit, date } = query;
  assertApplies(query, known.units);
  assertWithin(query, known.range);
  const row = await readNumbers(deps, query);
  if (kpi.records.isHistory && (row?.[kpi.name] ?? null) === null) {
    throw await explainNoSnapshot(deps, query);
  }
  const found = await readRecords(deps, query);
  const compared = [...partsOf(kpi), kpi].map((one) => {
    const fromRecords = computeKpi(one, found);
    const inMart = toAmount(row?.[one.name], one.unit);
    const equal = isEqual(fromRecords, inMart, row !== undefined);
    return { kpi: one, fromRecords, inMart, isEqual: equal };
  });
  const records = found.map((record) => toExact(kpi.records, record));
  return { kpi, unit: unit.name, date, records, compared };
};
