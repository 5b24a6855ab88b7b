import type { Nanos } from '../decimals.ts';
import type { PartReading } from './forms.ts';
import type { OurRecord } from './read-ours.ts';
import type { ReportLine } from './read-lines.ts';

/** One record of either side, whole: what stood on several lines is one. */
export type WholeRecord = {
  ids: readonly string[];
  unit: string;
  parts: Nanos[];
  /** Lines of the report; dates of ours. */
  places: string[];
};

export type Merged = Map<string, WholeRecord>;

/** Amounts add up; what counts one counts once. */
const addParts = (
  parts: readonly Nanos[],
  more: readonly Nanos[],
  how: readonly PartReading['how'][],
): Nanos[] =>
  parts.map((part, index) => {
    const other = more[index] ?? 0n;
    if (how[index] === 'one' || how[index] === 'flag') return part > other ? part : other;
    return part + other;
  });

export type MergeOptions = {
  how: readonly PartReading['how'][];
  /** Records of one name in two units are two: the report splits them that way. */
  isByUnit: boolean;
};

const keyOf = (ids: readonly string[], unit: string, isByUnit: boolean): string =>
  JSON.stringify(isByUnit ? [...ids, unit] : ids);

type Piece = { ids: readonly string[]; unit: string; parts: Nanos[]; place: string };

const merge = (pieces: readonly Piece[], { how, isByUnit }: MergeOptions): Merged => {
  const merged: Merged = new Map();
  for (const { ids, unit, parts, place } of pieces) {
    const key = keyOf(ids, unit, isByUnit);
    const known = merged.get(key);
    if (known === undefined) merged.set(key, { ids, unit, parts, places: [place] });
    else {
      known.parts = addParts(known.parts, parts, how);
      known.places.push(place);
    }
  }
  return merged;
};

/** The records of a report. A record belongs to the unit of its first line. */
export const mergeLines = (lines: readonly ReportLine[], options: MergeOptions): Merged =>
  merge(
    lines.flatMap(({ ids, placed, parts, at }) =>
      placed.how === 'unit' ? [{ ids, unit: placed.name, parts, place: String(at) }] : [],
    ),
    options,
  );

/** Our records under the same keys. */
export const mergeOurs = (records: readonly OurRecord[], options: MergeOptions): Merged =>
  merge(
    records.map(({ ids, unit, parts, date }) => ({ ids, unit, parts, place: date })),
    options,
  );
