import { backslash, quote } from '../../../json/scan-json.ts';
import { beginText, endText, putText } from './buffers.ts';
import { exactDigits, skipDigits } from './digits.ts';
import { notPlain, type PutValue } from './put-value.ts';

/** 1 for every byte that stands for itself inside a string. */
const verbatim = Uint8Array.from({ length: 256 }, (_, byte) =>
  byte < 0x20 || byte === quote || byte === backslash ? 0 : 1,
);

/** What each letter after a backslash stands for; 0 where it stands for nothing. */
const escapes = new Uint8Array(256);
for (const [letter, byte] of Object.entries({
  ...{ '"': 0x22, '\\': 0x5c, '/': 0x2f, b: 0x08, f: 0x0c, n: 0x0a, r: 0x0d, t: 0x09 },
})) {
  escapes[letter.charCodeAt(0)] = byte;
}

const hexDigits = new Int8Array(256).fill(-1);
for (let value = 0; value < 16; value += 1) {
  hexDigits[value.toString(16).charCodeAt(0)] = value;
  hexDigits[value.toString(16).toUpperCase().charCodeAt(0)] = value;
}

/** The code unit of `\uXXXX`, by the place of its backslash; negative where it is none. */
const unitAt = (bytes: Buffer, at: number): number => {
  if (bytes[at] !== backslash || bytes[at + 1] !== 0x75) return -1;
  let unit = 0;
  for (let i = at + 2; i < at + 6; i += 1) {
    const digit = hexDigits[bytes[i] ?? 0] ?? -1;
    if (digit < 0) return -1;
    unit = unit * 16 + digit;
  }
  return unit;
};

/** The character of one or two `\uXXXX`; -1 for half a pair, and for NUL, which DuckDB cuts texts at. */
const codePointAt = (bytes: Buffer, at: number): number => {
  const unit = unitAt(bytes, at);
  if (unit <= 0 || (unit >= 0xdc00 && unit <= 0xdfff)) return -1;
  if (unit < 0xd800 || unit > 0xdbff) return unit;
  const low = unitAt(bytes, at + 6);
  if (low < 0xdc00 || low > 0xdfff) return -1;
  return 0x10000 + (unit - 0xd800) * 0x400 + (low - 0xdc00);
};

/** Writes a character as UTF-8; answers the place after it. */
const writeCodePoint = (texts: Buffer, at: number, point: number): number => {
  if (point < 0x80) {
    texts[at] = point;
    return at + 1;
  }
  if (point < 0x800) {
    texts[at] = 0xc0 | (point >> 6);
    texts[at + 1] = 0x80 | (point & 0x3f);
    return at + 2;
  }
  if (point < 0x10000) {
    texts[at] = 0xe0 | (point >> 12);
    texts[at + 1] = 0x80 | ((point >> 6) & 0x3f);
    texts[at + 2] = 0x80 | (point & 0x3f);
    return at + 3;
  }
  texts[at] = 0xf0 | (point >> 18);
  texts[at + 1] = 0x80 | ((point >> 12) & 0x3f);
  texts[at + 2] = 0x80 | ((point >> 6) & 0x3f);
  texts[at + 3] = 0x80 | (point & 0x3f);
  return at + 4;
};

/** Where the string's closing quote stands, whatever is escaped before it; notPlain where a byte may not stand there. */
const findEnd = (bytes: Buffer, from: number): number => {
  let i = from;
  for (;;) {
    while (verbatim[bytes[i] ?? 0] === 1) i += 1;
    if (bytes[i] === quote) return i;
    if (bytes[i] !== backslash) return notPlain;
    i += 2;
  }
};

/** A string that holds escapes: what they stand for is never longer than they are. */
const putEscaped: PutValue = (column, row, bytes, at) => {
  const closing = findEnd(bytes, at + 1);
  if (closing === notPlain) return notPlain;
  let end = beginText(column, closing - at);
  const { texts } = column;
  for (let i = at + 1; i < closing;) {
    const byte = bytes[i] ?? 0;
    if (byte !== backslash) {
      texts[end++] = byte;
      i += 1;
      continue;
    }
    const simple = escapes[bytes[i + 1] ?? 0] ?? 0;
    if (simple > 0) {
      texts[end++] = simple;
      i += 2;
      continue;
    }
    const point = codePointAt(bytes, i);
    if (point < 0) return notPlain;
    end = writeCodePoint(texts, end, point);
    i += point > 0xffff ? 12 : 6;
  }
  endText(column, row, end);
  return closing + 1;
};

/** A whole number in place of a text, as of an enumeration: its digits are the text. */
const putDigits: PutValue = (column, row, bytes, at) => {
  const end = skipDigits(bytes, at);
  const digits = end - at;
  if (digits === 0 || digits > exactDigits || (digits > 1 && bytes[at] === 0x30)) return notPlain;
  putText(column, row, bytes, at, end);
  return end;
};

/** A JSON string, or a whole number of at most fifteen digits. */
export const putString: PutValue = (column, row, bytes, at) => {
  if (bytes[at] !== quote) return putDigits(column, row, bytes, at);
  let end = at + 1;
  while (verbatim[bytes[end] ?? 0] === 1) end += 1;
  if (bytes[end] === backslash) return putEscaped(column, row, bytes, at);
  if (bytes[end] !== quote) return notPlain;
  putText(column, row, bytes, at + 1, end);
  return end + 1;
};
