/** The whole numbers taken so far: a table with open addressing, in which no number stands as zero. */
let table: usize = 0;
let bits: i32 = 12;
let taken: i32 = 0;

const golden: u64 = 0x9e3779b97f4a7c15;

function bytesOf(tableBits: i32): usize {
  return (<usize>8) << tableBits;
}

/** Forgets all. */
export function clearIds(): void {
  if (table === 0) table = heap.alloc(bytesOf(bits));
  memory.fill(table, 0, bytesOf(bits));
  taken = 0;
}

function placeOf(stored: i64): usize {
  const mask = ((<usize>1) << bits) - 1;
  let place = <usize>((<u64>stored * golden) >> (64 - bits));
  while (true) {
    const there = load<i64>(table + place * 8);
    if (there === 0 || there === stored) return table + place * 8;
    place = (place + 1) & mask;
  }
}

function grow(): void {
  const before = table;
  const end = table + bytesOf(bits);
  bits += 1;
  table = heap.alloc(bytesOf(bits));
  memory.fill(table, 0, bytesOf(bits));
  for (let at = before; at < end; at += 8) {
    const stored = load<i64>(at);
    if (stored !== 0) store<i64>(placeOf(stored), stored);
  }
}

/** Takes a number; false where it was taken before. */
export function takeId(id: i64): bool {
  // The least number of all is none: the digits that are read do not come to it.
  const stored = id ^ i64.MIN_VALUE;
  const at = placeOf(stored);
  if (load<i64>(at) === stored) return false;
  store<i64>(at, stored);
  taken += 1;
  if (taken * 2 > 1 << bits) grow();
  return true;
}
