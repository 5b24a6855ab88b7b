/** The complete history from HTTP into merged raw tables. */
import { backfill } from '../../dist/pipeline/backfill.js';
import { openProgram, tenant } from '../open-program.js';
import { runStage } from '../run-stage.js';

await runStage(async ({ url, dir, now }) => {
  const { deps, moved, close } = await openProgram({ url, dir, now });
  const range = { from: '2018-01-01T07:00:00.000Z', to: null, now, timeZone: tenant.timeZone };
  const { outcomes } = await backfill(deps.source.entities, { ...range, force: false }, deps);
  await close();
  const failed = outcomes.find(({ outcome }) => outcome !== 'ok');
  if (failed !== undefined) throw new Error(`${failed.entity}: ${failed.message}`);
  return moved;
});
