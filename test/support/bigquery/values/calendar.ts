import { IANAZone } from 'luxon';

const dayMs = 86_400_000;
const microsPerMilli = 1000n;
const dateForm = /^([0-9]{4})-([0-9]{1,2})-([0-9]{1,2})$/;
const instantForm =
  /^([0-9]{4})-([0-9]{1,2})-([0-9]{1,2})(?:[Tt ]([0-9]{1,2}):([0-9]{1,2}):([0-9]{1,2})(?:\.([0-9]{1,6}))?)?(.*)$/;
const offsetForm = /^ ?([-+])([0-9]{1,2})(?::?([0-9]{2}))?$/;

/** Days since 1970; undefined when there is no such day. */
export const toDays = (year: number, month: number, day: number): number | undefined => {
  if (year < 1) return undefined;
  const date = new Date(0);
  date.setUTCFullYear(year, month - 1, day);
  const exists = date.getUTCMonth() === month - 1 && date.getUTCDate() === day;
  return exists ? date.getTime() / dayMs : undefined;
};

/** Days since 1970 of `2024-01-31`. */
export const parseDate = (text: string): number | undefined => {
  const [, year, month, day] = dateForm.exec(text) ?? [];
  return year === undefined ? undefined : toDays(Number(year), Number(month), Number(day));
};

export const formatDate = (days: number): string =>
  new Date(days * dayMs).toISOString().slice(0, 10);

/** Minutes east of UTC at a wall clock in a zone; undefined for an unknown zone. */
const zoneOffset = (zone: string, wallMs: number): number | undefined => {
  const found = IANAZone.create(zone);
  if (!found.isValid) return undefined;
  return found.offset(wallMs - found.offset(wallMs) * 60_000);
};

/** Minutes east of UTC of `Z`, `+07`, `-07:30`, ` America/Phoenix` or nothing. */
const readOffset = (text: string, wallMs: number): number | undefined => {
  if (text === '' || /^(?: ?UTC|[zZ])$/.test(text)) return 0;
  const [, sign, hours, minutes] = offsetForm.exec(text) ?? [];
  if (hours === undefined)
    return text.startsWith(' ') ? zoneOffset(text.slice(1), wallMs) : undefined;
  const size = Number(hours) * 60 + Number(minutes ?? 0);
  return size > 14 * 60 ? undefined : sign === '-' ? -size : size;
};

type Wall = { micros: bigint; rest: string };

const readWall = (text: string): Wall | undefined => {
  const found = instantForm.exec(text);
  const [, year, month, day, hour = '0', minute = '0', second = '0', fraction = '', rest = ''] =
    found ?? [];
  const days = found === null ? undefined : toDays(Number(year), Number(month), Number(day));
  if (days === undefined || Number(hour) > 23 || Number(minute) > 59 || Number(second) > 60) {
    return undefined;
  }
  const seconds = (Number(hour) * 60 + Number(minute)) * 60 + Number(second);
  const micros = BigInt(days * dayMs + seconds * 1000) * microsPerMilli;
  return { micros: micros + BigInt(fraction.padEnd(6, '0')), rest };
};

/** Year 1 to year 9999. */
const isInRange = (micros: bigint): boolean =>
  micros >= -62_135_596_800_000_000n && micros < 253_402_300_800_000_000n;

/**
 * Microseconds since 1970 of a timestamp's text; UTC where it names no zone. Seven digits after the point are no
 * timestamp, as in BigQuery.
 */
export const parseTimestamp = (text: string, zone = 'UTC'): bigint | undefined => {
  const wall = readWall(text);
  if (wall === undefined) return undefined;
  const wallMs = Number(wall.micros / microsPerMilli);
  const named = wall.rest === '' && zone !== 'UTC' ? ` ${zone}` : wall.rest;
  const offset = readOffset(named, wallMs);
  if (offset === undefined) return undefined;
  const micros = wall.micros - BigInt(offset) * 60_000_000n;
  return isInRange(micros) ? micros : undefined;
};

/** Microseconds of a wall clock without a zone. */
export const parseDatetime = (text: string): bigint | undefined => {
  const wall = readWall(text);
  return wall?.rest === '' ? wall.micros : undefined;
};

/** The instant at which a zone's clock shows this; undefined for an unknown zone. */
export const toInstant = (wallMicros: bigint, zone: string): bigint | undefined => {
  const offset = readOffset(zone === 'UTC' ? '' : ` ${zone}`, Number(wallMicros / microsPerMilli));
  return offset === undefined ? undefined : wallMicros - BigInt(offset) * 60_000_000n;
};

/** Minutes east of UTC at an instant; undefined for an unknown zone. */
export const offsetAt = (micros: bigint, zone: string): number | undefined => {
  const found = IANAZone.create(zone);
  return found.isValid ? found.offset(Number(micros / microsPerMilli)) : undefined;
};

const writeFraction = (micros: bigint): string => {
  if (micros === 0n) return '';
  const text = String(micros).padStart(6, '0');
  return `.${text.endsWith('000') ? text.slice(0, 3) : text}`;
};

/** `2024-01-02 03:04:05.120`: no fraction, three digits or six. */
export const formatWall = (micros: bigint, separator = ' '): string => {
  const fraction = ((micros % 1_000_000n) + 1_000_000n) % 1_000_000n;
  const seconds = new Date(Number((micros - fraction) / microsPerMilli)).toISOString().slice(0, 19);
  return seconds.replace('T', separator) + writeFraction(fraction);
};

const writeOffset = (minutes: number): string => {
  const size = Math.abs(minutes);
  const hours = `${minutes < 0 ? '-' : '+'}${String(Math.floor(size / 60)).padStart(2, '0')}`;
  return size % 60 === 0 ? hours : `${hours}:${String(size % 60).padStart(2, '0')}`;
};

/** As CAST writes it: `2024-01-02 03:04:05+00`; undefined for an unknown zone. */
export const formatTimestamp = (micros: bigint, zone = 'UTC'): string | undefined => {
  const offset = zone === 'UTC' ? 0 : offsetAt(micros, zone);
  return offset === undefined
    ? undefined
    : formatWall(micros + BigInt(offset) * 60_000_000n) + writeOffset(offset);
};
