import { isPresent, lastWord, putText, Column } from './column';
import { takeId } from './ids';
import { holdsHalfPair } from './put-string';

/** Room for a key that the program writes, and for one that is made here. */
const textMax: usize = 64;
export const keyText = heap.alloc(textMax + 16);

/**
 * Writes the `_key` of a record without an id to `keyText`.
 * @returns its bytes; 0 where it has none, or that is not decided here.
 */
declare function hashKey(line: i32): usize;

/** Writes `id:` and the number; answers where it ends. */
function writeIdKey(id: i64): usize {
  store<u8>(keyText, 0x69);
  store<u8>(keyText, 0x64, 1);
  store<u8>(keyText, 0x3a, 2);
  let at = keyText + 3;
  let rest = id;
  if (id < 0) {
    store<u8>(at, 0x2d);
    at += 1;
    rest = -id;
  }
  let digits = 1;
  for (let n = rest; n >= 10; n /= 10) digits += 1;
  for (let i = digits - 1; i >= 0; i -= 1) {
    store<u8>(at + i, <u8>(0x30 + (rest % 10)));
    rest /= 10;
  }
  return at + digits;
}

/** Takes the key of a record whose key is its id. */
export function takeIdKey(id: Column, row: i32): bool {
  return isPresent(id, row) && takeId(lastWord(id));
}

/** Takes the key of a record that may have none: its id, else its fields decide. */
export function takeFieldKey(
  id: Column | null,
  key: Column,
  row: i32,
  from: usize,
  to: usize,
  line: i32,
): bool {
  if (holdsHalfPair(from, to)) return false;
  if (id !== null && isPresent(id, row)) {
    const value = lastWord(id);
    putText(key, row, keyText, writeIdKey(value));
    return takeId(value);
  }
  const bytes = hashKey(line);
  if (bytes === 0) return false;
  putText(key, row, keyText, keyText + bytes);
  return true;
}
