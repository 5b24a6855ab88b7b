import { fold } from './rows.ts';
import type { Rows, Seeds } from './rows.ts';

/** A rolled-up unit that KPIs are shown for. */
export type Unit = { name: string; kind: 'SALES' | 'PRODUCTION'; region: string };

/** Where money is shown that reaches no unit. */
export const noUnit = '(no unit)';

/** Business units by id with their names: those of the source, and those without a name that records speak of. */
const nameUnits = ({ business_units, jobs, invoices, payments }: Rows) =>
  new Map([
    ...[...jobs, ...invoices, ...payments].flatMap(({ businessUnitId: id }) =>
      id === undefined ? [] : [[id, undefined] as const],
    ),
    ...business_units.map(({ id, name }) => [id, name] as const),
  ]);

/** The unit that each business unit rolls up to; those left out or unknown are absent. */
export const findUnits = (rows: Rows, { rollup }: Seeds): ReadonlyMap<number, Unit> => {
  const units = new Map<number, Unit>();
  for (const [id, name] of nameUnits(rows)) {
    const found =
      rollup.find((row) => row.id === String(id)) ??
      rollup.find((row) => row.id === '' && name !== undefined && fold(row.name) === fold(name));
    if (found === undefined || found.kind === 'NONE') continue;
    units.set(id, { name: found.rollsUpTo, kind: found.kind, region: found.region });
  }
  return units;
};

/** Each rolled-up unit once. */
export const listUnits = (units: ReadonlyMap<number, Unit>): Unit[] => [
  ...new Map([...units.values()].map((unit) => [unit.name, unit])).values(),
];
