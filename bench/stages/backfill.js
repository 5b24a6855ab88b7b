/** The complete history from HTTP into merged, typed raw tables. */
import { runStage } from '../run-stage.js';
import { backfill } from '../../dist/pipeline/backfill.js';
import { assertWell, openProgram, tenant } from '../open-program.js';

await runStage(async (settings) => {
  const { deps, moved, close } = await openProgram(settings);
  const { now, entities: names } = settings;
  const entities = deps.source.entities.filter(({ name }) => names?.includes(name) ?? true);
  const range = { from: '2018-01-01T07:00:00.000Z', to: null, now, timeZone: tenant.timeZone };
  const result = await backfill(entities, { ...range, force: false }, deps);
  assertWell(result);
  await close();
  return { ...moved, rowsOf: Object.fromEntries(result.outcomes.map((o) => [o.entity, o.rows])) };
});
