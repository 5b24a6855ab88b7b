import { colon, minus, zero } from '../json';
import { isPresent, lastWord, putText, slack, Column } from './column';
import { clearHashes, takeHash } from './hashes';
import { clearIds, takeId } from './ids';
import { keyTextPlace, writeKeyText } from './key-text';
import { hashText } from './md5';
import { holdsHalfPair } from './put-string';
import { Member } from './read-record';

/** Room for a key that is made here: an id, or a hash in hexadecimal digits. */
const textMax: usize = 64;
const keyText = heap.alloc(textMax + slack);

/** The sixteen bytes of the hash that was made last. */
const hash = memory.data(16, 16);

/** The fields that are the key of a record without an id. */
let fields: Member[] = [];

/** Begins with an entity, whose key fields come next. */
export function clearKeys(): void {
  fields = [];
  clearIds();
  clearHashes();
}

export function addKeyField(field: Member): void {
  fields.push(field);
}

/** Writes `id:` and the number; answers where it ends. */
function writeIdKey(id: i64): usize {
  store<u8>(keyText, 0x69);
  store<u8>(keyText, 0x64, 1);
  store<u8>(keyText, colon, 2);
  let at = keyText + 3;
  let rest = id;
  if (id < 0) {
    store<u8>(at, minus);
    at += 1;
    rest = -id;
  }
  let digits = 1;
  for (let n = rest; n >= 10; n /= 10) digits += 1;
  for (let i = digits - 1; i >= 0; i -= 1) {
    store<u8>(at + i, zero + <u8>(rest % 10));
    rest /= 10;
  }
  return at + digits;
}

/** Takes the key of a record whose key is its id. */
export function takeIdKey(id: Column, row: i32): bool {
  return isPresent(id, row) && takeId(lastWord(id));
}

function hexDigit(value: u8): u8 {
  return value < 10 ? zero + value : 0x57 + value;
}

/** Writes `h:`, the hash and `:1`; answers where it ends. */
function writeHashKey(): usize {
  store<u8>(keyText, 0x68);
  store<u8>(keyText, colon, 1);
  let at = keyText + 2;
  for (let i: usize = 0; i < 16; i += 1) {
    const byte = load<u8>(hash + i);
    store<u8>(at, hexDigit(byte >> 4));
    store<u8>(at, hexDigit(byte & 15), 1);
    at += 2;
  }
  store<u8>(at, colon);
  store<u8>(at, 0x31, 1);
  return at + 2;
}

/** A record as it stands in memory; which line it is, and where that begins in its file. */
export class Place {
  from: usize = 0;
  to: usize = 0;
  line: i32 = 0;
  begin: f64 = 0;
}

/**
 * Takes the key of a record that may have no id: its id, else a hash of its key fields.
 * @returns false where it has none, or one that a record of another batch has: which of both counts is not decided here.
 */
export function takeFieldKey(id: Column | null, key: Column, row: i32, place: Place): bool {
  if (holdsHalfPair(place.from, place.to)) return false;
  if (id !== null && isPresent(id, row)) {
    const value = lastWord(id);
    putText(key, row, keyText, writeIdKey(value));
    return takeId(value);
  }
  const end = writeKeyText(fields);
  if (end === 0) return false;
  hashText(hash, keyTextPlace(), end);
  putText(key, row, keyText, writeHashKey());
  return takeHash(hash, place.line, <u32>(place.to - place.from), place.begin);
}
