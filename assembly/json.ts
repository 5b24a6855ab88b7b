/**
 * Steps over JSON in memory (RFC 8259, checked in full) without building values. Every function takes the place of a
 * token and gives the place after it, or {@link notJson}. The bytes have to be followed by a zero, which no token allows,
 * and by what sixteen bytes may be read of.
 */

export const notJson: usize = 0;

export const quote: u8 = 0x22;
export const minus: u8 = 0x2d;
export const point: u8 = 0x2e;
export const zero: u8 = 0x30;
export const comma: u8 = 0x2c;
export const colon: u8 = 0x3a;
export const backslash: u8 = 0x5c;
export const openBrace: u8 = 0x7b;
export const closeBrace: u8 = 0x7d;
export const openBracket: u8 = 0x5b;
export const closeBracket: u8 = 0x5d;
const space: u8 = 0x20;

/** Arrays and objects inside each other: `jsonDepthMax` of the program's limits. */
const depthMax: i32 = 256;

function isSpace(byte: u8): bool {
  return byte === space || byte === 0x0a || byte === 0x0d || byte === 0x09;
}

export function isDigit(byte: u8): bool {
  return byte - zero < 10;
}

/** Steps over white space. */
export function skipSpace(at: usize): usize {
  while (isSpace(load<u8>(at))) at += 1;
  return at;
}

/** The next byte of a string that does not stand for itself: a quote, a backslash or a control character. */
export function findSpecial(at: usize): usize {
  while (true) {
    const bytes = v128.load(at);
    const special = v128.or(
      v128.or(i8x16.eq(bytes, i8x16.splat(quote)), i8x16.eq(bytes, i8x16.splat(backslash))),
      i8x16.lt_u(bytes, i8x16.splat(space)),
    );
    const mask = i8x16.bitmask(special);
    if (mask !== 0) return at + ctz(mask);
    at += 16;
  }
}

function isHexDigit(byte: u8): bool {
  return isDigit(byte) || (byte | 0x20) - 0x61 < 6;
}

/** Whether a letter may follow a backslash by itself: one of `"\/bfnrt`. */
function isSimpleEscape(byte: u8): bool {
  switch (byte) {
    case 0x22:
    case 0x5c:
    case 0x2f:
    case 0x62:
    case 0x66:
    case 0x6e:
    case 0x72:
    case 0x74:
      return true;
    default:
      return false;
  }
}

/** It does not share what reads escapes (`columns/put-string.ts`): cutting, which only steps over them, took 3 % longer. */
function skipEscape(at: usize): usize {
  const letter = load<u8>(at, 1);
  if (isSimpleEscape(letter)) return at + 2;
  if (letter !== 0x75) return notJson;
  for (let i: usize = 2; i < 6; i += 1) if (!isHexDigit(load<u8>(at + i))) return notJson;
  return at + 6;
}

/** Steps over a string, both quotes included. */
export function skipString(at: usize): usize {
  if (load<u8>(at) !== quote) return notJson;
  at += 1;
  while (true) {
    at = findSpecial(at);
    const byte = load<u8>(at);
    if (byte === quote) return at + 1;
    if (byte !== backslash) return notJson;
    at = skipEscape(at);
    if (at === notJson) return notJson;
  }
}

/** Steps over digits, of which there may be none. */
export function skipDigits(at: usize): usize {
  while (isDigit(load<u8>(at))) at += 1;
  return at;
}

export function skipNumber(at: usize): usize {
  if (load<u8>(at) === minus) at += 1;
  const whole = at;
  if (load<u8>(at) === zero) at += 1;
  else at = skipDigits(at);
  if (at === whole) return notJson;
  if (load<u8>(at) === point) {
    const fraction = at + 1;
    at = skipDigits(fraction);
    if (at === fraction) return notJson;
  }
  if ((load<u8>(at) | 0x20) === 0x65) {
    const sign = load<u8>(at, 1);
    const exponent = sign === 0x2b || sign === minus ? at + 2 : at + 1;
    at = skipDigits(exponent);
    if (at === exponent) return notJson;
  }
  return at;
}

export const nullText: u32 = 0x6c6c756e;
const trueText: u32 = 0x65757274;
const alseText: u32 = 0x65736c61;

export function isNull(at: usize): bool {
  return load<u32>(at) === nullText;
}

export function isTrue(at: usize): bool {
  return load<u32>(at) === trueText;
}

export function isFalse(at: usize): bool {
  return load<u8>(at) === 0x66 && load<u32>(at, 1) === alseText;
}

function skipLiteral(at: usize): usize {
  if (isNull(at) || isTrue(at)) return at + 4;
  return isFalse(at) ? at + 5 : notJson;
}

/** Steps over what stands between a key and its value. */
export function skipColon(at: usize): usize {
  at = skipSpace(at);
  return load<u8>(at) === colon ? skipSpace(at + 1) : notJson;
}

function skipScalar(at: usize): usize {
  const byte = load<u8>(at);
  if (byte === quote) return skipString(at);
  if (byte === minus || isDigit(byte)) return skipNumber(at);
  return skipLiteral(at);
}

function skipKey(at: usize): usize {
  at = skipString(at);
  return at === notJson ? notJson : skipColon(at);
}

/** What closes each array and object that is open, by depth. */
const closers = memory.data(depthMax + 2);

/** Steps over one value, which begins right at `at` and lies in so many arrays and objects. */
export function skipValue(at: usize, depth: i32): usize {
  let level = depth;
  while (true) {
    const byte = load<u8>(at);
    if (level > depthMax) return notJson;
    if (byte === openBrace || byte === openBracket) {
      const closer = byte === openBrace ? closeBrace : closeBracket;
      at = skipSpace(at + 1);
      if (load<u8>(at) === closer) at += 1;
      else {
        level += 1;
        store<u8>(closers + level, closer);
        if (closer === closeBrace) {
          at = skipKey(at);
          if (at === notJson) return notJson;
        }
        continue;
      }
    } else {
      at = skipScalar(at);
      if (at === notJson) return notJson;
    }
    while (true) {
      if (level === depth) return at;
      at = skipSpace(at);
      if (load<u8>(at) !== load<u8>(closers + level)) break;
      level -= 1;
      at += 1;
    }
    if (load<u8>(at) !== comma) return notJson;
    at = skipSpace(at + 1);
    if (load<u8>(closers + level) === closeBrace) {
      at = skipKey(at);
      if (at === notJson) return notJson;
    }
  }
}
