import { explainKpi, type Explanation } from '../../../src/pipeline/kpis/explain.ts';
import { kpis } from '../../../src/pipeline/kpis/kpis.ts';
import { readKpis } from '../../../src/pipeline/kpis/read-kpis.ts';
import { readRange, readUnits } from '../../../src/pipeline/kpis/read-mart.ts';
import type { Row } from '../../../src/warehouses/warehouse.ts';
import type { Example } from '../../sql/examples/example.ts';
import { builtAt, references } from '../../sql/examples/references.ts';
import type { ModelRig } from '../../sql/support/model-rig.ts';

/** What the models made of an example: the day's row and the explained number, for each unit it names. */
export type Played = {
  example: Example;
  units: { row: Row | undefined; explanation: Explanation }[];
};

/** Gives an example's records to the models, and reads what they make of them. */
export const playExample = async (rig: ModelRig, example: Example): Promise<Played> => {
  await rig.clear();
  for (const [table, rows] of Object.entries(references)) await rig.given(table, rows);
  for (const { table, rows } of example.given) {
    await rig.given(
      table,
      rows.map(({ row }) => row),
    );
  }
  await rig.buildAt(builtAt);
  const { date } = example;
  const kpi = kpis.find(({ name }) => name === example.kpi);
  if (kpi === undefined) throw new Error(`${example.kpi} is no KPI`);
  const deps = { warehouse: rig.warehouse, tenantId: '1' };
  const dates = { first: date, last: date };
  const rows = await readKpis(deps, { grain: 'day', dates, places: null });
  const known = { units: await readUnits(deps), range: await readRange(deps) };
  const units: Played['units'] = [];
  for (const { unit: name } of example.expected) {
    const unit = known.units.find((one) => one.name === name);
    if (unit === undefined) throw new Error(`the marts have no unit ${name}`);
    const explanation = await explainKpi(deps, { kpi, unit, date }, known);
    units.push({ row: rows.find((row) => row.business_unit === name), explanation });
  }
  return { example, units };
};
