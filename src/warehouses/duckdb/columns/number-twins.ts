import { readSync } from 'node:fs';

/** A record that is equal to another one of its batch in all fields of their key. */
export type Alike = {
  /** The line of the first that is equal to it, among all of the group; it may be the record itself. */
  first: number;
  line: number;
  /** Where it stands in the batch's file. */
  at: number;
  bytes: number;
};

/** Which one of several such records, from 2 on: `_key` says so. The first has no entry. */
export type Twin = { line: number; ordinal: number };

/** Payloads of one key that are held at once; more are left to the SQL. */
const payloadBytesMax = 8 * 1024 * 1024;

const readPayload = (file: number, { at, bytes }: Alike): Buffer => {
  const payload = Buffer.allocUnsafe(bytes);
  return payload.subarray(0, readSync(file, payload, 0, bytes, at));
};

/** Records of one key in the order of their payloads; null where they are too much. */
const numberAlike = (file: number, alike: readonly Alike[]): Twin[] | null => {
  if (alike.reduce((sum, { bytes }) => sum + bytes, 0) > payloadBytesMax) return null;
  return alike
    .map((one) => ({ line: one.line, payload: readPayload(file, one) }))
    .sort((a, b) => Buffer.compare(a.payload, b.payload) || a.line - b.line)
    .map(({ line }, index) => ({ line, ordinal: index + 1 }))
    .filter(({ ordinal }) => ordinal > 1);
};

/**
 * Numbers the records of a batch that are equal in all fields of their key, as the SQL does: in the order of their
 * payloads, byte by byte, and of their lines where these are the same.
 * @param file The batch's, open for reading.
 * @returns null where they are left to the SQL.
 */
export const numberTwins = (file: number, alike: readonly Alike[]): Twin[] | null => {
  const sets = new Map<number, Alike[]>();
  for (const one of alike) {
    const set = sets.get(one.first);
    if (set === undefined) sets.set(one.first, [one]);
    else set.push(one);
  }
  const twins: Twin[] = [];
  for (const set of sets.values()) {
    const numbered = numberAlike(file, set);
    if (numbered === null) return null;
    twins.push(...numbered);
  }
  return twins;
};
