/**
 * The hashes of key fields taken so far: a table with open addressing. An entry is the hash, the record's line counted
 * from one (an empty one has none), how many bytes it has, and where it begins in its file (a double).
 */
let table: usize = 0;
let bits: i32 = 12;
let taken: i32 = 0;

const entryBytes: usize = 32;
const lineAt: usize = 16;
const bytesAt: usize = 20;
const beginAt: usize = 24;

/** The batch's first line. */
let batchFrom: i32 = 0;

/**
 * Records of the batch that share their hash with another one: the line of the first of them, its own, its bytes, and
 * after a gap where it begins.
 */
let twins: usize = 0;
let twinsRoom: i32 = 0;
let twinsCount: i32 = 0;

const twinBytes: usize = 24;

/** Forgets all. */
export function clearHashes(): void {
  if (table === 0) table = heap.alloc(entryBytes << bits);
  memory.fill(table, 0, entryBytes << bits);
  taken = 0;
  beginBatch(0);
}

/** Goes on with a batch, which begins with that line. */
export function beginBatch(line: i32): void {
  batchFrom = line;
  twinsCount = 0;
}

function placeOf(low: u64, high: u64): usize {
  const mask = ((<usize>1) << bits) - 1;
  // The bits of a hash are spread evenly: they need no hashing again.
  let place = (<usize>low) & mask;
  while (true) {
    const entry = table + place * entryBytes;
    if (load<u32>(entry, lineAt) === 0) return entry;
    if (load<u64>(entry) === low && load<u64>(entry, 8) === high) return entry;
    place = (place + 1) & mask;
  }
}

function grow(): void {
  const before = table;
  const end = table + (entryBytes << bits);
  bits += 1;
  table = heap.alloc(entryBytes << bits);
  memory.fill(table, 0, entryBytes << bits);
  for (let entry = before; entry < end; entry += entryBytes) {
    if (load<u32>(entry, lineAt) === 0) continue;
    memory.copy(placeOf(load<u64>(entry), load<u64>(entry, 8)), entry, entryBytes);
  }
}

function addTwin(first: i32, line: i32, bytes: u32, begin: f64): void {
  if (twinsCount === twinsRoom) {
    const before = twins;
    twinsRoom = max(twinsRoom * 2, 1024);
    twins = heap.alloc(<usize>twinsRoom * twinBytes);
    memory.copy(twins, before, <usize>twinsCount * twinBytes);
  }
  const twin = twins + <usize>twinsCount * twinBytes;
  store<i32>(twin, first);
  store<i32>(twin, line, 4);
  store<u32>(twin, bytes, 8);
  store<f64>(twin, begin, 16);
  twinsCount += 1;
}

/**
 * Takes the hash that stands at `hash`, of a record.
 * @returns false where a record of another batch has it.
 */
export function takeHash(hash: usize, line: i32, bytes: u32, begin: f64): bool {
  const entry = placeOf(load<u64>(hash), load<u64>(hash, 8));
  const first = <i32>load<u32>(entry, lineAt) - 1;
  if (first < 0) {
    memory.copy(entry, hash, lineAt);
    store<u32>(entry, <u32>(line + 1), lineAt);
    store<u32>(entry, bytes, bytesAt);
    store<f64>(entry, begin, beginAt);
    taken += 1;
    if (taken * 4 > 3 << bits) grow();
    return true;
  }
  if (first < batchFrom) return false;
  const firstBytes = load<u32>(entry, bytesAt);
  if (firstBytes > 0) addTwin(first, first, firstBytes, load<f64>(entry, beginAt));
  // It is among the twins now.
  store<u32>(entry, 0, bytesAt);
  addTwin(first, line, bytes, begin);
  return true;
}

export function twinsPlace(): usize {
  return twins;
}

export function twinsTaken(): i32 {
  return twinsCount;
}
