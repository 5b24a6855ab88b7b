import { formatNanos, parseNanos, percentOf, roundNanos } from '../pipeline/decimals.ts';
import type { Amount } from '../pipeline/kpis/amounts.ts';
import type { Kpi } from '../pipeline/kpis/kpis.ts';

/** What stands where there is no number. */
export const dash = '–';

const oneThousand = 1_000_000_000_000n;

const nanosOf = (amount: Amount): bigint | null =>
  amount === null ? null : (parseNanos(String(amount)) ?? null);

const abs = (nanos: bigint): bigint => (nanos < 0n ? -nanos : nanos);

/** The digits of a positive number, thousands apart. */
const digits = (nanos: bigint, decimals: number): string => {
  const text = formatNanos(roundNanos(abs(nanos), decimals));
  const [whole = '0', fraction = ''] = text.split('.');
  const grouped = whole.replace(/\B(?=(?:\d{3})+$)/g, ',');
  return decimals === 0
    ? grouped
    : `${grouped}.${fraction.padEnd(decimals, '0').slice(0, decimals)}`;
};

const sign = (nanos: bigint, decimals: number): string =>
  roundNanos(nanos, decimals) < 0n ? '−' : '';

/** `short` is for a card: whole dollars from a thousand on, percentages with one decimal. */
export type Precision = 'short' | 'exact';

const decimalsOf = (nanos: bigint, unit: Kpi['unit'], precision: Precision): number => {
  if (unit === 'count') return 0;
  if (precision === 'exact') return 2;
  if (unit === 'percent') return 1;
  return abs(nanos) >= oneThousand ? 0 : 2;
};

/** `$1,234.50`, `61.18%`, `1,234`; a dash where there is no number. Halves are rounded away from zero. */
export const formatValue = (amount: Amount, unit: Kpi['unit'], precision: Precision): string => {
  const nanos = nanosOf(amount);
  if (nanos === null) return dash;
  const decimals = decimalsOf(nanos, unit, precision);
  const text = `${unit === 'money' ? '$' : ''}${digits(nanos, decimals)}`;
  return `${sign(nanos, decimals)}${text}${unit === 'percent' ? '%' : ''}`;
};

/** How a number compares with an earlier one: an arrow for the eye, words for everybody. */
export type Change = { arrow: '▲' | '▼' | '=' | ''; words: string };

const sizeOf = (difference: bigint, then: bigint, unit: Kpi['unit']): string => {
  if (unit === 'percent') return `${digits(difference, 1)} points`;
  const size = formatValue(formatNanos(abs(difference)), unit, 'short');
  const share = percentOf(abs(difference), abs(then));
  return share === null ? size : `${size} (${digits(share, 0)}%)`;
};

/** What became of an earlier number. */
export const describeChange = (now: Amount, then: Amount, unit: Kpi['unit']): Change => {
  const [a, b] = [nanosOf(now), nanosOf(then)];
  if (a === null || b === null) return { arrow: '', words: 'no comparison' };
  const difference = a - b;
  if (difference === 0n) return { arrow: '=', words: 'the same' };
  const size = sizeOf(difference, b, unit);
  return difference > 0n
    ? { arrow: '▲', words: `up ${size}` }
    : { arrow: '▼', words: `down ${size}` };
};

const day = new Intl.DateTimeFormat('en-US', { month: 'short', day: 'numeric', timeZone: 'UTC' });

/** `Nov 16, 2026` of a calendar date. */
export const formatDate = (date: string): string =>
  `${day.format(new Date(date))}, ${date.slice(0, 4)}`;

/** `Nov 16 – Nov 22, 2026` of the week that begins on a Monday. */
export const formatWeek = (monday: string, sunday: string): string =>
  monday.slice(0, 4) === sunday.slice(0, 4)
    ? `${day.format(new Date(monday))} – ${formatDate(sunday)}`
    : `${formatDate(monday)} – ${formatDate(sunday)}`;

/** `2026-11-29 05:12 UTC` of an instant. */
export const formatInstant = (instant: string): string =>
  `${instant.slice(0, 10)} ${instant.slice(11, 16)} UTC`;
