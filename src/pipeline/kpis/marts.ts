import { kpis, parts } from './kpis.ts';

/** A table of KPIs: a row for each date and each unit or region. */
export type Mart = {
  table: string;
  date: 'event_date' | 'week_start';
  place: 'business_unit' | 'region';
};

/** The four marts, by what a row is of. */
export const marts = {
  day: { table: 'st_mart.daily_kpis', date: 'event_date', place: 'business_unit' },
  week: { table: 'st_mart.weekly_kpis', date: 'week_start', place: 'business_unit' },
  region: { table: 'st_mart.daily_kpis_by_region', date: 'event_date', place: 'region' },
  'week-region': { table: 'st_mart.weekly_kpis_by_region', date: 'week_start', place: 'region' },
} as const satisfies Readonly<Record<string, Mart>>;

export type Grain = keyof typeof marts;

/** All columns of a mart, in its order. */
export const columnsOf = ({ date, place }: Mart): string[] => [
  ...[date, place],
  ...[...kpis, ...parts].map(({ name }) => name),
  ...(place === 'business_unit' ? ['region', 'unit_kind'] : []),
  'tenant_id',
];
