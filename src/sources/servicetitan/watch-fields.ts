import { driftNamesMax, vanishedRecordsMin } from '../../limits.ts';
import type { Drift, FieldType } from '../../model.ts';
import { countRecords, countValues, createTally, kinds } from './tally.ts';
import type { Kind, Tally } from './tally.ts';

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
  /** Counts what the records of a page hold. */
  tally: Tally;
  /** How the records counted last depart from what is expected. */
  drift: () => Drift[];
};

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

/** Creates the watch over one endpoint's records. */
export const watchFields = (expectations: Expectations): FieldWatch => {
  const slots = toSlots(expectations);
  const slotsMax = slots.length + driftNamesMax;
  const slotOf = new Map(slots.map(({ name }, index) => [name, index]));

  const addSlot = (name: string): number => {
    const index = slotOf.get(name);
    if (index !== undefined) return index;
    slots.push({ name, allowed: null, known: false, required: false });
    slotOf.set(name, slots.length - 1);
    return slots.length - 1;
  };

  const findSlot = (name: string): number =>
    slotOf.get(name) ?? addSlot(isFieldName(name) && slots.length < slotsMax ? name : otherFields);

  const tally = createTally(slotsMax + 1, findSlot);
  return {
    tally,
    drift: () => {
      const records = countRecords(tally);
      return slots.flatMap((slot, index) => departuresOf(slot, countValues(tally, index), records));
    },
  };
};
