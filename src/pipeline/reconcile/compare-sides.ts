import type { Nanos } from '../decimals.ts';
import { noUnit, type Kpi } from '../kpis/kpis.ts';
import type { Measure } from './measure.ts';
import type { Merged, WholeRecord } from './merge-lines.ts';

/** Both sides' number of a unit, or of all units, where there is no verdict. */
export type ComparedUnit = {
  unit: string;
  source: Nanos | null;
  ours: Nanos | null;
  difference: Nanos | null;
  isEqual: boolean;
};

/** A record on which the sides differ. */
export type ComparedRecord = {
  ids: readonly string[];
  source: WholeRecord | null;
  ours: WholeRecord | null;
};

/** A cent for money, nothing for counts, 0.3 point for percentages: the source's own differ from its own columns. */
const tolerances: Readonly<Record<Kpi['unit'], Nanos>> = {
  money: 10_000_000n,
  count: 0n,
  percent: 300_000_000n,
};

const abs = (nanos: Nanos): Nanos => (nanos < 0n ? -nanos : nanos);

const isWithin = (difference: Nanos, unit: Kpi['unit']): boolean =>
  abs(difference) <= tolerances[unit];

const sumParts = (records: Iterable<WholeRecord>, { parts }: Measure): Nanos[] => {
  const sums = parts.map(() => 0n);
  for (const record of records) {
    for (const [index, part] of record.parts.entries()) sums[index] = (sums[index] ?? 0n) + part;
  }
  return sums;
};

const compare = (
  unit: string,
  sides: readonly [readonly WholeRecord[], readonly WholeRecord[]],
  measure: Measure,
  kpi: Kpi,
): ComparedUnit => {
  const [source, ours] = [
    measure.compute(sumParts(sides[0], measure)),
    measure.compute(sumParts(sides[1], measure)),
  ];
  if (source === null || ours === null) {
    return { unit, source, ours, difference: null, isEqual: source === ours };
  }
  const difference = source - ours;
  return { unit, source, ours, difference, isEqual: isWithin(difference, kpi.unit) };
};

/** By name; money of no unit comes last. */
const byName = (a: string, b: string): number =>
  Number(a.endsWith(noUnit)) - Number(b.endsWith(noUnit)) || (a < b ? -1 : 1);

/** The numbers of every unit that either side has, and of all of them. */
export const compareUnits = (
  source: Merged,
  ours: Merged,
  { measure, kpi }: { measure: Measure; kpi: Kpi },
): { units: ComparedUnit[]; total: ComparedUnit } => {
  const all = [[...source.values()], [...ours.values()]] as const;
  const names = [...new Set(all.flat().map(({ unit }) => unit))].sort(byName);
  const of = (unit: string, side: readonly WholeRecord[]): WholeRecord[] =>
    side.filter((record) => record.unit === unit);
  return {
    units: names.map((unit) => compare(unit, [of(unit, all[0]), of(unit, all[1])], measure, kpi)),
    total: compare('all', all, measure, kpi),
  };
};

const differs = (
  source: WholeRecord | undefined,
  ours: WholeRecord | undefined,
  { units }: Measure,
): boolean => {
  if (source !== undefined && ours !== undefined && source.unit !== ours.unit) return true;
  return units.some((unit, index) => {
    const difference = (source?.parts[index] ?? 0n) - (ours?.parts[index] ?? 0n);
    // A record that only one side has differs by any amount; one that is worth nothing moves no number.
    if (source === undefined || ours === undefined) return difference !== 0n;
    return !isWithin(difference, unit);
  });
};

/** The largest difference in one of the parts. */
const distance = ({ source, ours }: ComparedRecord): Nanos => {
  const parts = source?.parts ?? ours?.parts ?? [];
  const differences = parts.map((_, index) =>
    abs((source?.parts[index] ?? 0n) - (ours?.parts[index] ?? 0n)),
  );
  return differences.reduce((most, one) => (one > most ? one : most), 0n);
};

/**
 * The records on which the sides differ: only there, only here, with other amounts or of another unit. The largest
 * differences come first.
 */
export const compareRecords = (
  source: Merged,
  ours: Merged,
  measure: Measure,
): ComparedRecord[] => {
  const keys = [...new Set([...source.keys(), ...ours.keys()])].sort();
  const records = keys.flatMap((key): ComparedRecord[] => {
    const [there, here] = [source.get(key), ours.get(key)];
    if (!differs(there, here, measure)) return [];
    const ids = there?.ids ?? here?.ids ?? [];
    return [{ ids, source: there ?? null, ours: here ?? null }];
  });
  return records.sort(
    (a, b) => Number(distance(b) > distance(a)) - Number(distance(a) > distance(b)),
  );
};
