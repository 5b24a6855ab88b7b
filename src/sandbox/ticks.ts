import { below } from './random.ts';

/**
 * Instants of the sandbox: 100 ns ticks since 2010-01-01Z, which are exact in a number until 2038. NaN is a missing
 * instant, `yearOne` the source's way of saying the same.
 */
export const second = 1e7;
export const minute = 60 * second;
export const hour = 60 * minute;
export const day = 24 * hour;

const { floor } = Math;
const epochMs = Date.UTC(2010, 0, 1);
const zoneOffset = 7 * hour;

/** Rendered as 0001-01-01T00:00:00Z. */
export const yearOne = -6e17;

/** Ticks of a Unix time in milliseconds. */
export function ticksOfMs(ms: number): number {
  return (ms - epochMs) * 1e4;
}

/** Unix time in milliseconds, rounded down. */
export function msOfTicks(ticks: number): number {
  return floor(ticks / 1e4) + epochMs;
}

/** The tick at which the local day of an instant begins (America/Phoenix, UTC-7 without daylight saving). */
export function localMidnight(ticks: number): number {
  return floor((ticks - zoneOffset) / day) * day + zoneOffset;
}

/** The local date of an instant as the source writes dates: midnight UTC. */
export function calendarDate(ticks: number): number {
  return floor((ticks - zoneOffset) / day) * day;
}

/** The local day of an instant, counted from 2010-01-01. */
export function localDay(ticks: number): number {
  return floor((ticks - zoneOffset) / day);
}

/** The day of a date as the source writes dates: midnight UTC is a calendar date, anything else an instant. */
export function dayOfDate(ticks: number): number {
  return floor(ticks) % day === 0 ? ticks / day : localDay(ticks);
}

/** An instant as reports write it, in local time: `2024-03-01T18:02:00-07:00`. */
export function localText(ticks: number): string {
  return instantText(ticks - zoneOffset).replace('Z', '-07:00');
}

/** A day as reports write it: `2024-03-01T00:00:00-07:00`. */
export function localDayText(dayNumber: number): string {
  return `${dateText(dayNumber)}T00:00:00-07:00`;
}

const fractionDigits = [0, 0, 0, 1, 2, 3, 3, 3, 4, 5, 6, 7, 7, 7];

/** The instant with a fraction of zero to seven digits in place of its own. */
export function withFraction(ticks: number, salt: number, k: number): number {
  const digits = fractionDigits[below(salt, k, fractionDigits.length)] ?? 0;
  const fraction = below(salt, k + 1, 10 ** digits) * 10 ** (7 - digits);
  return floor(ticks / second) * second + fraction;
}

const dates = new Map<number, string>();
const times: string[] = [];

function dateText(days: number): string {
  const known = dates.get(days);
  if (known !== undefined) return known;
  const text = new Date(epochMs + days * 86_400_000).toISOString().slice(0, 10);
  dates.set(days, text);
  return text;
}

function timeText(seconds: number): string {
  const known = times[seconds];
  if (known !== undefined) return known;
  const text = new Date(seconds * 1000).toISOString().slice(11, 19);
  times[seconds] = text;
  return text;
}

/** `2024-03-01T07:00:00.1234567Z`, without trailing zeros in the fraction; parts of a tick are cut off. */
export function instantText(instant: number): string {
  if (instant === yearOne) return '0001-01-01T00:00:00Z';
  const ticks = floor(instant);
  const days = floor(ticks / day);
  const inDay = ticks - days * day;
  const seconds = floor(inDay / second);
  const fraction = inDay - seconds * second;
  const whole = `${dateText(days)}T${timeText(seconds)}`;
  if (fraction === 0) return `${whole}Z`;
  return `${whole}.${String(fraction).padStart(7, '0').replace(/0+$/, '')}Z`;
}

const instantPattern =
  /^(\d{4}-\d\d-\d\d)(?:[T ](\d\d:\d\d)(?::(\d\d)(?:\.(\d{1,9}))?)?(Z|[+-]\d\d:\d\d)?)?$/i;

/** Reads a date or a date-time (UTC unless it says otherwise); `undefined` when it is neither. */
export function parseInstant(text: string): number | undefined {
  const match = instantPattern.exec(text.trim());
  if (match === null) return undefined;
  const [, date = '', time = '00:00', seconds = '00', fraction = '', zone = 'Z'] = match;
  const ms = Date.parse(`${date}T${time}:${seconds}${zone.toUpperCase()}`);
  if (Number.isNaN(ms)) return undefined;
  return ticksOfMs(ms) + Number(fraction.padEnd(7, '0').slice(0, 7));
}
