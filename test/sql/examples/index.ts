import { closeRatePercent } from './close-rate-percent.ts';
import { dollarsCollected } from './dollars-collected.ts';
import { dollarsProduced } from './dollars-produced.ts';
import type { Example } from './example.ts';
import { futureBookings } from './future-bookings.ts';
import { gpmPercent } from './gpm-percent.ts';
import { leadCount } from './lead-count.ts';
import { numEstimates } from './num-estimates.ts';
import { outstandingAr } from './outstanding-ar.ts';
import { totalBooked } from './total-booked.ts';
import { warrantyPercent } from './warranty-percent.ts';

/** One worked example a KPI, in the order of the marts' columns. */
export const examples: readonly Example[] = [
  leadCount,
  totalBooked,
  dollarsProduced,
  gpmPercent,
  dollarsCollected,
  numEstimates,
  closeRatePercent,
  futureBookings,
  warrantyPercent,
  outstandingAr,
];
