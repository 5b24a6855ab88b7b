import type { Row, Value } from '../../../src/warehouses/warehouse.ts';
import { formatNanos, parseNanos } from './reference/decimals.ts';
import type { MartRow } from './reference/measure.ts';

const decimals = new Set([
  ...['total_booked', 'dollars_produced', 'gpm_percent', 'dollars_collected', 'close_rate_percent'],
  ...['future_bookings', 'warranty_percent', 'outstanding_ar', 'production_cost', 'warranty_cost'],
  ...['revenue', 'labor_cost', 'purchase_order_cost', 'invoice_item_cost', 'return_credit'],
  'total_cost',
]);

/** Decimals with nine digits; a decimal that is no text was not exact. */
const readValue = (column: string, value: Value | undefined): string | number | null => {
  if (value === null || value === undefined) return null;
  if (typeof value === 'string' && decimals.has(column)) {
    const nanos = parseNanos(value);
    return nanos === undefined ? `no decimal: ${value}` : formatNanos(nanos);
  }
  if (typeof value === 'string') return value;
  return typeof value === 'number' && !decimals.has(column)
    ? value
    : `not expected: ${JSON.stringify(value)}`;
};

/** A row of a mart as the reference writes it. */
export const readRow = (row: Row): MartRow =>
  Object.fromEntries(Object.entries(row).map(([name, value]) => [name, readValue(name, value)]));
