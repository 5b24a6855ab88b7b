import { driftNamesMax, vanishedRecordsMin } from '../../limits.ts';
import type { Drift, FieldType } from '../../model.ts';
import {
  closeBrace,
  comma,
  JsonError,
  openBrace,
  skipColon,
  skipSpace,
  skipString,
  skipValue,
} from '../../json/scan-json.ts';
import { readKey } from './walk-members.ts';

/** What the top-level fields of an endpoint's records should be. */
export type Expectations = {
  fields: Readonly<Record<string, FieldType>>;
  /** Fields that are cut out before anything is stored: known, whatever they are. */
  drop: readonly string[];
  /** Fields that the source promises never to leave empty. */
  required: readonly string[];
};

/** Takes note of the fields of a page's records while they are cut out of it. */
export type FieldWatch = {
  /** Begins a page. */
  begin: () => void;
  /**
   * Steps over the value that begins at `at`, as `skipValue` does.
   * @throws JsonError where the bytes are not JSON.
   */
  step: (bytes: Buffer, at: number) => number;
  /** How the records since `begin` depart from what is expected. */
  drift: () => Drift[];
};

const kinds = ['a string', 'a number', 'a boolean', 'an object', 'an array', 'null'] as const;
type Kind = (typeof kinds)[number];

const countsPerField = 8;

const firstBytes: Readonly<Record<Kind, string>> = {
  'a string': '"',
  'a number': '-0123456789',
  'a boolean': 'tf',
  'an object': '{',
  'an array': '[',
  null: 'n',
};

/** The index in `kinds` of the kind of value that begins with a byte. */
const kindOfByte = new Uint8Array(256);
for (const [index, kind] of kinds.entries()) {
  for (const byte of Buffer.from(firstBytes[kind])) kindOfByte[byte] = index;
}

const scalar = {
  int64: ['a number'],
  decimal: ['a number'],
  float64: ['a number'],
  decimalText: ['a string', 'a number'],
  bool: ['a boolean'],
  string: ['a string'],
  timestamp: ['a string'],
  json: ['an object', 'an array'],
} as const satisfies Record<FieldType, readonly Kind[]>;

/** A field that is looked out for, by its place in the counts. */
type Slot = {
  name: string;
  /** Null: whatever it is, it is no drift, and neither is its absence. */
  allowed: readonly Kind[] | null;
  known: boolean;
  required: boolean;
};

/** A nested object's own fields are the warehouse's to judge, and so is whether it is one. */
const toSlots = ({ fields, drop, required }: Expectations): Slot[] => {
  const slots = new Map<string, Slot>();
  for (const [path, type] of Object.entries(fields)) {
    const [name = '', nested] = path.split('.');
    const allowed = nested === undefined ? scalar[type] : kinds;
    slots.set(name, { name, allowed, known: true, required: required.includes(name) });
  }
  for (const name of drop) slots.set(name, { name, allowed: null, known: true, required: false });
  return [...slots.values()];
};

/** Names of fields are kept, but a name that may be a value (an object used as a dictionary) is not. */
const isFieldName = (key: string): boolean => /^[A-Za-z_$][\w$-]{0,63}$/.test(key);

const otherFields = '(other fields)';

/** A key as its bytes stood in the record before, and the slot of its field. */
type Learned = { key: Buffer; slot: number };

const stands = (bytes: Buffer, at: number, key: Buffer): boolean => {
  for (let i = 0; i < key.length; i += 1) if (bytes[at + i] !== key[i]) return false;
  return true;
};

/** Keys are learned up to this length and this many of a record. */
const learnedBytesMax = 64;
const learnedKeysMax = 256;

/** The departures of one field: `counts` has its values by kind. */
const departuresOf = (slot: Slot, counts: readonly number[], records: number): Drift[] => {
  const { name: field, allowed, known, required } = slot;
  const total = counts.reduce((sum, count) => sum + count, 0);
  if (!known) return total === 0 ? [] : [{ field, kind: 'appeared', count: total }];
  if (allowed === null) return [];
  if (total === 0) {
    return records < vanishedRecordsMin ? [] : [{ field, kind: 'vanished', count: records }];
  }
  const found = kinds.flatMap((kind, index) => {
    const count = counts[index] ?? 0;
    const fits = kind === 'null' ? !required : allowed.includes(kind);
    return count === 0 || fits ? [] : [{ field, kind: `is ${kind}`, count }];
  });
  const missing = required ? records - total : 0;
  return missing > 0 ? [...found, { field, kind: 'is missing', count: missing }] : found;
};

/**
 * Creates the watch over one endpoint's records. The source's records have the same fields in the same order, so each
 * key is first compared with the one that stood in its place in the record before: that costs no more than stepping
 * over it.
 */
export const watchFields = (expectations: Expectations): FieldWatch => {
  const slots = toSlots(expectations);
  const slotsMax = slots.length + driftNamesMax;
  const slotOf = new Map(slots.map(({ name }, index) => [name, index]));
  const counts = new Float64Array((slotsMax + 1) * countsPerField);
  const learned: Learned[] = [];
  let records = 0;
  /** Of the key stepped over last. */
  let slot = 0;

  const addSlot = (name: string): number => {
    const index = slotOf.get(name);
    if (index !== undefined) return index;
    slots.push({ name, allowed: null, known: false, required: false });
    slotOf.set(name, slots.length - 1);
    return slots.length - 1;
  };

  const findSlot = (name: string): number =>
    slotOf.get(name) ?? addSlot(isFieldName(name) && slots.length < slotsMax ? name : otherFields);

  const learnKey = (bytes: Buffer, at: number, place: number): number => {
    const end = skipString(bytes, at);
    slot = findSlot(readKey(bytes, at, end));
    if (place < learnedKeysMax && end - at <= learnedBytesMax) {
      learned[place] = { key: Buffer.from(bytes.subarray(at, end)), slot };
    }
    return end;
  };

  const stepKey = (bytes: Buffer, at: number, place: number): number => {
    const guess = learned[place];
    if (guess === undefined || !stands(bytes, at, guess.key)) return learnKey(bytes, at, place);
    slot = guess.slot;
    return at + guess.key.length;
  };

  const stepObject = (bytes: Buffer, at: number): number => {
    records += 1;
    let i = skipSpace(bytes, at + 1);
    if (bytes[i] === closeBrace) return i + 1;
    for (let place = 0; ; place += 1) {
      i = skipColon(bytes, stepKey(bytes, i, place));
      const index = slot * countsPerField + (kindOfByte[bytes[i] ?? 0] ?? 0);
      counts[index] = (counts[index] ?? 0) + 1;
      i = skipSpace(bytes, skipValue(bytes, i, 3));
      if (bytes[i] === closeBrace) return i + 1;
      if (bytes[i] !== comma) throw new JsonError();
      i = skipSpace(bytes, i + 1);
    }
  };

  return {
    begin: () => {
      counts.fill(0);
      records = 0;
    },
    step: (bytes, at) =>
      bytes[at] === openBrace ? stepObject(bytes, at) : skipValue(bytes, at, 2),
    drift: () =>
      slots.flatMap((one, index) => {
        const from = index * countsPerField;
        return departuresOf(one, [...counts.subarray(from, from + kinds.length)], records);
      }),
  };
};
