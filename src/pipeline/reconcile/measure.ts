import { percentOf, type Nanos } from '../decimals.ts';
import { parts as partKpis, kpis, type Kpi } from '../kpis/kpis.ts';

/** How the amounts of records become a KPI's number. */
export type Measure = {
  /** The columns of our records that it is made of. */
  parts: readonly string[];
  /** What each part is: counts differ or they do not, money may differ by a cent. */
  units: readonly Kpi['unit'][];
  /** The number of these sums of the parts; null where there is nothing to divide by. */
  compute: (sums: readonly Nanos[]) => Nanos | null;
};

const unitOf = (part: string): Kpi['unit'] =>
  [...kpis, ...partKpis].find(({ name }) => name === part)?.unit ?? 'money';

const partsOf = ({ formula, name }: Kpi): string[] => {
  if (formula.how === 'sum') return [formula.of];
  if (formula.how === 'distinct') throw new Error(`${name} cannot be reconciled by its records`);
  return [formula.whole, formula.part];
};

/** The measure of a KPI. */
export const measureOf = (kpi: Kpi): Measure => {
  const parts = partsOf(kpi);
  const { how } = kpi.formula;
  return {
    parts,
    units: parts.map(unitOf),
    compute: ([whole = 0n, part = 0n]) => {
      if (how === 'share') return percentOf(part, whole);
      if (how === 'margin') return percentOf(whole - part, whole);
      return whole;
    },
  };
};
