import { formatNanos, parseNanos, roundNanos } from '../pipeline/decimals.ts';
import type { Amount } from '../pipeline/kpis/amounts.ts';

/**
 * An amount for people: counts as they are, money and percentages with two decimals, halves away from zero, and
 * thousands apart. `null`, which is no number, is a dash.
 */
export const formatAmount = (amount: Amount): string => {
  if (amount === null) return '–';
  if (typeof amount === 'number') return amount.toLocaleString('en-US');
  const rounded = formatNanos(roundNanos(parseNanos(amount) ?? 0n, 2));
  return rounded.replace(/\B(?=(?:\d{3})+\.)/g, ',');
};
