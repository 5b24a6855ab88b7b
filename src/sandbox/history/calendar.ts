import { at, below, mix, roll } from '../random.ts';
import { day, hour, localMidnight, minute, ticksOfMs, withFraction } from '../ticks.ts';

const monthFactors = [0.8, 0.95, 1.2, 1.25, 1.15, 0.9, 0.75, 0.8, 1, 1.2, 1.05, 0.75];
const weekdayFactors = [0.15, 1.15, 1.1, 1.1, 1.05, 0.95, 0.45];

/** The first local midnight of the company's books. */
export const booksOpen = ticksOfMs(Date.UTC(2020, 0, 1, 7));

/** How busy a local day is: seasons, weekdays, growth, and the spring of 2020. */
function weightOfDay(midnight: number): number {
  const date = new Date(Date.UTC(2010, 0, 1) + Math.floor(midnight / day) * 86_400_000);
  const years = (midnight - booksOpen) / (365 * day);
  const month = date.getUTCMonth();
  const lull = date.getUTCFullYear() === 2020 && (month === 3 || month === 4) ? 0.45 : 1;
  return (
    at(monthFactors, month) * at(weekdayFactors, date.getUTCDay()) * (0.6 + 0.13 * years) * lull
  );
}

/** Where in the day the share `u` of its calls has come in: most by day, some close to midnight. */
function timeOfDay(u: number): number {
  if (u < 0.03) return (u / 0.03) * 7 * hour;
  if (u < 0.9) return 7 * hour + ((u - 0.03) / 0.87) * 11 * hour;
  return 18 * hour + ((u - 0.9) / 0.1) * (6 * hour - minute);
}

/** `count` instants between two, rising, with the company's rhythm; the same ones each time. */
export function spreadInstants(from: number, to: number, count: number, salt: number): number[] {
  const days: { start: number; length: number; weight: number }[] = [];
  let total = 0;
  for (let midnight = localMidnight(from); midnight < to; midnight += day) {
    const start = Math.max(from, midnight);
    const length = Math.min(to, midnight + day) - start;
    const weight = (weightOfDay(midnight) * length) / day;
    days.push({ start, length, weight });
    total += weight;
  }
  const instants: number[] = [];
  let index = 0;
  let passed = 0;
  for (let made = 0; made < count; made++) {
    const target = ((made + roll(mix(salt, made), 1)) / count) * total;
    while (index < days.length - 1 && passed + at(days, index).weight <= target) {
      passed += at(days, index).weight;
      index += 1;
    }
    const { start, length, weight } = at(days, index);
    const share = Math.min(1, (target - passed) / weight);
    const instant = start + (timeOfDay(share) / day) * length;
    instants.push(Math.min(withFraction(instant, mix(salt, made), 2), to));
  }
  return instants;
}

/** A local time of day on the local day `days` after an instant. */
export function onLocalDay(instant: number, days: number, hours: number): number {
  return Math.floor(localMidnight(instant) / minute) * minute + days * day + hours * hour;
}

/** The instant, or one between `from` and `cap` where it lies beyond `cap`. */
export function within(instant: number, from: number, cap: number, salt: number): number {
  if (instant <= cap) return instant;
  return from >= cap ? cap : from + roll(salt, 210) * (cap - from);
}

const bulkEvery = 61 * day;

/**
 * When a record was last modified: usually at its last event, now and then much later, and some records together in
 * a bulk change, which leaves one stamp on all of them.
 */
export function lastModified(salt: number, event: number, cap: number): number {
  const form = below(salt, 200, 100);
  let modified = event;
  if (form < 3) modified = (Math.floor(event / bulkEvery) + 1) * bulkEvery + 1_234_567;
  else if (form < 8) modified = withFraction(event + roll(salt, 201) * 300 * day, salt, 202);
  else if (form < 40) modified = withFraction(event + below(salt, 203, 90) * minute, salt, 204);
  return modified > cap ? Math.min(event, cap) : modified;
}
