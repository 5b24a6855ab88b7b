import { jsonDepthMax } from '../limits.ts';

/**
 * Steps over JSON in bytes (RFC 8259, checked in full) without building values. Every function takes the place of a
 * token and gives the place after it. Reading past the end gives 0, which no token allows.
 */

/** The bytes are not JSON, or end early, or nest too deep. It says nothing of them. */
export class JsonError extends Error {
  override readonly name = 'JsonError';

  constructor() {
    super('not JSON');
  }
}

export const quote = 0x22;
export const backslash = 0x5c;
export const comma = 0x2c;
export const openBrace = 0x7b;
export const closeBrace = 0x7d;
export const openBracket = 0x5b;
export const closeBracket = 0x5d;
const colon = 0x3a;
const space = 0x20;

const skipSpaces = (bytes: Buffer, at: number): number => {
  let i = at;
  for (;;) {
    const byte = bytes[i] ?? 0;
    if (byte > space || byte === 0) return i;
    if (byte !== space && byte !== 0x0a && byte !== 0x0d && byte !== 0x09) throw new JsonError();
    i += 1;
  }
};

/** Steps over white space. */
export const skipSpace = (bytes: Buffer, at: number): number =>
  (bytes[at] ?? 0) > space ? at : skipSpaces(bytes, at);

const isDigit = (byte: number): boolean => byte >= 0x30 && byte <= 0x39;

const isHexDigit = (byte: number): boolean =>
  isDigit(byte) || (byte >= 0x41 && byte <= 0x46) || (byte >= 0x61 && byte <= 0x66);

const simpleEscapes = new Set(Buffer.from('"\\/bfnrt'));

const skipEscape = (bytes: Buffer, at: number): number => {
  const letter = bytes[at + 1] ?? 0;
  if (simpleEscapes.has(letter)) return at + 2;
  if (letter !== 0x75) throw new JsonError();
  for (let i = at + 2; i < at + 6; i += 1) {
    if (!isHexDigit(bytes[i] ?? 0)) throw new JsonError();
  }
  return at + 6;
};

/** 1 for every byte that stands for itself inside a string. */
const plain = Uint8Array.from({ length: 256 }, (_, byte) =>
  byte < space || byte === quote || byte === backslash ? 0 : 1,
);

/** Steps over a string, both quotes included. */
export const skipString = (bytes: Buffer, at: number): number => {
  if (bytes[at] !== quote) throw new JsonError();
  let i = at + 1;
  for (;;) {
    while (plain[bytes[i] ?? 0] === 1) i += 1;
    if (bytes[i] === quote) return i + 1;
    if (bytes[i] !== backslash) throw new JsonError();
    i = skipEscape(bytes, i);
  }
};

const skipDigits = (bytes: Buffer, at: number): number => {
  let i = at;
  for (let byte = bytes[i] ?? 0; byte >= 0x30 && byte <= 0x39; byte = bytes[i] ?? 0) i += 1;
  if (i === at) throw new JsonError();
  return i;
};

const skipNumber = (bytes: Buffer, at: number): number => {
  let i = bytes[at] === 0x2d ? at + 1 : at;
  i = bytes[i] === 0x30 ? i + 1 : skipDigits(bytes, i);
  if (bytes[i] === 0x2e) i = skipDigits(bytes, i + 1);
  if (bytes[i] === 0x65 || bytes[i] === 0x45) {
    const signed = bytes[i + 1] === 0x2b || bytes[i + 1] === 0x2d;
    i = skipDigits(bytes, signed ? i + 2 : i + 1);
  }
  return i;
};

/** Whether four bytes stand there. */
const stands = (bytes: Buffer, at: number, a: number, b: number, c: number, d: number): boolean =>
  bytes[at] === a && bytes[at + 1] === b && bytes[at + 2] === c && bytes[at + 3] === d;

const skipLiteral = (bytes: Buffer, at: number): number => {
  if (stands(bytes, at, 0x6e, 0x75, 0x6c, 0x6c)) return at + 4; // null
  if (stands(bytes, at, 0x74, 0x72, 0x75, 0x65)) return at + 4; // true
  if (bytes[at] === 0x66 && stands(bytes, at + 1, 0x61, 0x6c, 0x73, 0x65)) return at + 5; // false
  throw new JsonError();
};

/** Steps over a key and its colon, to the value. */
export const skipColon = (bytes: Buffer, at: number): number => {
  const i = skipSpace(bytes, at);
  if (bytes[i] !== colon) throw new JsonError();
  return skipSpace(bytes, i + 1);
};

/** What closes each array and object that is open, by depth. Nothing here is called again before it has returned. */
const closers = new Uint8Array(jsonDepthMax + 2);

const skipScalar = (bytes: Buffer, at: number): number => {
  const byte = bytes[at] ?? 0;
  if (byte === quote) return skipString(bytes, at);
  if (byte === 0x2d || isDigit(byte)) return skipNumber(bytes, at);
  return skipLiteral(bytes, at);
};

/**
 * Steps over one value, which begins right at `at`. A loop with a stack of its own: functions that call each other took
 * twice as long.
 * @throws JsonError where the bytes are not JSON, end early or nest too deep.
 */
export const skipValue = (bytes: Buffer, at: number, depth = 0): number => {
  let i = at;
  let level = depth;
  for (;;) {
    const byte = bytes[i] ?? 0;
    if (level > jsonDepthMax) throw new JsonError();
    if (byte === openBrace || byte === openBracket) {
      const closer = byte === openBrace ? closeBrace : closeBracket;
      i = skipSpace(bytes, i + 1);
      if (bytes[i] === closer) i += 1;
      else {
        level += 1;
        closers[level] = closer;
        if (closer === closeBrace) i = skipColon(bytes, skipString(bytes, i));
        continue;
      }
    } else i = skipScalar(bytes, i);
    for (;;) {
      if (level === depth) return i;
      i = skipSpace(bytes, i);
      if (bytes[i] !== closers[level]) break;
      level -= 1;
      i += 1;
    }
    if (bytes[i] !== comma) throw new JsonError();
    i = skipSpace(bytes, i + 1);
    if (closers[level] === closeBrace) i = skipColon(bytes, skipString(bytes, i));
  }
};
