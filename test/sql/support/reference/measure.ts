import type { DateText } from './dates.ts';
import { formatNanos, percentOf, sumOf } from './decimals.ts';
import type { Nanos } from './decimals.ts';
import type { Booking, Completion, Lead, Opportunity, Production } from './facts.ts';
import type { Collection } from './payments.ts';
import type { Snapshot, Snapshots } from './snapshots.ts';
import type { Unit } from './units.ts';

/** Everything of one tenant that counts in a KPI, each record once. */
export type Facts = {
  leads: Lead[];
  bookings: Booking[];
  production: Production[];
  collections: Collection[];
  completions: Completion[];
  opportunities: Opportunity[];
  snapshots: Snapshots;
};

/** A row of a mart: counts are numbers, decimals texts with nine decimals. */
export type MartRow = Record<string, string | number | null>;

/** The dates and units that a row is about; no units at all: the money that reaches none. */
export type Span = { dates: readonly DateText[]; units: readonly Unit[] };

const pick = <T extends { date: DateText; unit: Unit | undefined }>(
  all: readonly T[],
  { dates, units }: Span,
): T[] =>
  all.filter(
    ({ date, unit }) =>
      dates.includes(date) &&
      (unit === undefined ? units.length === 0 : units.some(({ name }) => name === unit.name)),
  );

const total = <T>(all: readonly T[], amountOf: (one: T) => Nanos): string =>
  formatNanos(sumOf(all.map(amountOf)));

const percent = (part: bigint, whole: bigint): string | null => {
  const value = percentOf(part, whole);
  return value === null ? null : formatNanos(value);
};

const salesKpis = (facts: Facts, span: Span): MartRow => {
  const leads = pick(facts.leads, span);
  const opportunities = pick(facts.opportunities, span);
  const closed = opportunities.filter(({ isClosed }) => isClosed);
  const customers = leads.flatMap(({ customerId }) => customerId ?? []);
  return {
    lead_count: leads.length,
    total_booked: total(pick(facts.bookings, span), ({ amount }) => amount),
    num_estimates: pick(facts.completions, span).length,
    close_rate_percent: percent(BigInt(closed.length), BigInt(opportunities.length)),
    lead_customers: new Set(customers).size,
    sales_opportunities: opportunities.length,
    closed_opportunities: closed.length,
  };
};

/** What stands in the unit's last snapshot on the dates. */
const lastAmounts = (
  unit: Unit,
  snapshots: readonly Snapshot<unknown>[],
  dates: readonly DateText[],
): Nanos[] =>
  snapshots
    .filter(({ date }) => dates.includes(date))
    .sort((a, b) => (a.date < b.date ? -1 : 1))
    .flatMap(({ units }) => units.filter((one) => one.unit.name === unit.name))
    .slice(-1)
    .map(({ amount }) => amount);

const snapshotKpi = (
  snapshots: readonly Snapshot<unknown>[],
  { dates, units }: Span,
): string | null => {
  const amounts = units.flatMap((unit) => lastAmounts(unit, snapshots, dates));
  return amounts.length === 0 ? null : formatNanos(sumOf(amounts));
};

const productionKpis = (facts: Facts, span: Span): MartRow => {
  const jobs = pick(facts.production, span);
  const revenue = sumOf(jobs.map((job) => job.revenue));
  const cost = sumOf(jobs.map((job) => job.cost));
  const warranty = sumOf(jobs.map((job) => job.warranty));
  return {
    dollars_produced: formatNanos(revenue),
    gpm_percent: percent(revenue - cost, revenue),
    warranty_percent: percent(warranty, revenue),
    production_cost: formatNanos(cost),
    warranty_cost: formatNanos(warranty),
    future_bookings: snapshotKpi(facts.snapshots.futureBookings, span),
    outstanding_ar: snapshotKpi(facts.snapshots.outstanding, span),
  };
};

const none: MartRow = {
  lead_count: null,
  total_booked: null,
  dollars_produced: null,
  gpm_percent: null,
  num_estimates: null,
  close_rate_percent: null,
  future_bookings: null,
  warranty_percent: null,
  outstanding_ar: null,
  lead_customers: null,
  sales_opportunities: null,
  closed_opportunities: null,
  production_cost: null,
  warranty_cost: null,
};

/** The ten KPIs and their parts over a span; those of a kind that none of its units has are NULL. */
export const measure = (facts: Facts, span: Span): MartRow => {
  const has = (kind: Unit['kind']): boolean => span.units.some((unit) => unit.kind === kind);
  return {
    ...none,
    dollars_collected: total(pick(facts.collections, span), ({ amount }) => amount),
    ...(has('SALES') ? salesKpis(facts, span) : {}),
    ...(has('PRODUCTION') ? productionKpis(facts, span) : {}),
  };
};

/** Dates with money that reaches no unit: some part is not 0. */
export const datesWithoutUnit = ({ collections }: Facts): ReadonlySet<DateText> =>
  new Set(
    collections
      .filter(({ unit, amount }) => unit === undefined && amount !== 0n)
      .map(({ date }) => date),
  );
