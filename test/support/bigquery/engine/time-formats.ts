import { formatWall, offsetAt, parseTimestamp, toDays } from '../values/calendar.ts';

type Parts = {
  year: string;
  month: string;
  day: string;
  hour: string;
  minute: string;
  second: string;
};

const pieces = /%(?:E[0-9*]S|E[zZ]|[^E])|[^%]+/g;

const unknown = (piece: string): Error =>
  new Error(`\x01The stand-in for BigQuery does not know the format element ${piece}`);

const writeOffset = (minutes: number): string => {
  const size = Math.abs(minutes);
  const pad = (n: number): string => String(n).padStart(2, '0');
  return `${minutes < 0 ? '-' : '+'}${pad(Math.floor(size / 60))}${pad(size % 60)}`;
};

const fractionOf = (micros: bigint): string =>
  String(((micros % 1_000_000n) + 1_000_000n) % 1_000_000n).padStart(6, '0');

const writeSecond = (piece: string, second: string, fraction: string): string => {
  if (piece === '%S') return second;
  const digits =
    piece === '%E*S' ? fraction.replace(/0+$/, '') : fraction.slice(0, Number(piece[2]));
  return digits === '' ? second : `${second}.${digits}`;
};

const writePiece = (piece: string, wall: string, fraction: string, offset: number): string => {
  const [date = '', time = ''] = wall.split(' ');
  const [year = '', month = '', day = ''] = date.split('-');
  const [hour = '', minute = '', second = ''] = time.slice(0, 8).split(':');
  const simple: Readonly<Record<string, string>> = {
    ...{ '%Y': year, '%m': month, '%d': day, '%H': hour, '%M': minute, '%F': date, '%%': '%' },
    ...{ '%T': time.slice(0, 8), '%y': year.slice(2), '%z': writeOffset(offset) },
    '%Ez': writeOffset(offset).replace(/(..)$/, ':$1'),
  };
  if (!piece.startsWith('%')) return piece;
  if (/^%(?:S|E[0-9*]S)$/.test(piece)) return writeSecond(piece, second, fraction);
  const written = simple[piece];
  if (written === undefined) throw unknown(piece);
  return written;
};

/**
 * An instant in a zone, as FORMAT_TIMESTAMP writes it.
 * @throws Error for an unknown zone, and for elements that the stand-in does not know.
 */
export const formatInstant = (format: string, micros: bigint, zone: string): string => {
  const offset = zone === 'UTC' ? 0 : offsetAt(micros, zone);
  if (offset === undefined) throw new Error(`\x01Invalid time zone: ${zone}`);
  const wall = formatWall(micros + BigInt(offset) * 60_000_000n);
  const fraction = fractionOf(micros);
  return (format.match(pieces) ?? [])
    .map((piece) => writePiece(piece, wall, fraction, offset))
    .join('');
};

const patterns: Readonly<Record<string, string>> = {
  '%Y': '(?<year>[0-9]{4})',
  '%m': '(?<month>[0-9]{1,2})',
  '%d': '(?<day>[0-9]{1,2})',
  '%H': '(?<hour>[0-9]{1,2})',
  '%M': '(?<minute>[0-9]{1,2})',
  '%S': '(?<second>[0-9]{1,2})',
  '%E*S': '(?<second>[0-9]{1,2}(?:\\.[0-9]+)?)',
  '%F': '(?<year>[0-9]{4})-(?<month>[0-9]{1,2})-(?<day>[0-9]{1,2})',
  '%T': '(?<hour>[0-9]{1,2}):(?<minute>[0-9]{1,2}):(?<second>[0-9]{1,2})',
  '%z': '(?<zone>[-+][0-9]{2}:?[0-9]{2}|Z)',
  '%Ez': '(?<zone>[-+][0-9]{2}:?[0-9]{2}|Z)',
  '%%': '%',
};

const toPattern = (format: string): RegExp => {
  const parts = (format.match(pieces) ?? []).map((piece) => {
    if (!piece.startsWith('%')) return piece.replace(/[.*+?^${}()|[\]\\]/g, '\\$&');
    const pattern = patterns[piece];
    if (pattern === undefined) throw unknown(piece);
    return pattern;
  });
  return new RegExp(`^\\s*${parts.join('')}\\s*$`);
};

/**
 * Microseconds of a text that has this format; undefined when it has not. What the format leaves out is that of
 * 1970-01-01 00:00:00 UTC; digits after the sixth are cut, as PARSE_TIMESTAMP does.
 */
export const parseInstant = (format: string, text: string): bigint | undefined => {
  const found = toPattern(format).exec(text)?.groups as
    (Partial<Parts> & { zone?: string }) | undefined;
  if (found === undefined && !toPattern(format).test(text)) return undefined;
  const {
    year = '1970',
    month = '1',
    day = '1',
    hour = '0',
    minute = '0',
    second = '0',
  } = found ?? {};
  if (toDays(Number(year), Number(month), Number(day)) === undefined) return undefined;
  const zone = (found?.zone ?? 'Z').replace(/^([-+]..)(..)$/, '$1:$2');
  const cut = second.replace(/(\.[0-9]{6})[0-9]+$/, '$1');
  return parseTimestamp(`${year}-${month}-${day} ${hour}:${minute}:${cut}${zone}`);
};
