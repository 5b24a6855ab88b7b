/** The kinds of a value, in the order in which `assembly/cut-records.ts` counts them. */
export const kinds = [
  'a string',
  'a number',
  'a boolean',
  'an object',
  'an array',
  'null',
] as const;
export type Kind = (typeof kinds)[number];

/** What is counted of the members of records while they are cut out of their array. */
export type Tally = {
  /** Gives the slot of the field of that name, in which its values are counted: below the `slotsMax` of the tally. */
  findSlot: (name: string) => number;
  /** What `assembly/cut-records.ts` knows of the fields: as it describes it, the first for the beginning of a record. */
  notes: Uint32Array<ArrayBuffer>;
};

const wordsPerField = 24;
const countsFrom = 18;

/** Creates a tally in which nothing has been counted. */
export const createTally = (slotsMax: number, findSlot: Tally['findSlot']): Tally => ({
  findSlot,
  notes: new Uint32Array((slotsMax + 1) * wordsPerField),
});

const countsAt = (notes: Uint32Array, entry: number): Uint32Array => {
  const from = entry * wordsPerField + countsFrom;
  return notes.subarray(from, from + kinds.length);
};

/** Forgets what was counted, and keeps what was learned of the keys. */
export const clearTally = ({ notes }: Tally): void => {
  const entries = notes.length / wordsPerField;
  for (let entry = 0; entry < entries; entry += 1) countsAt(notes, entry).fill(0);
};

/** The values of a slot's field, by kind. */
export const countValues = ({ notes }: Tally, slot: number): number[] => [
  ...countsAt(notes, slot + 1),
];

/** The records that are objects. */
export const countRecords = ({ notes }: Tally): number =>
  countsAt(notes, 0)[kinds.indexOf('an object')] ?? 0;
