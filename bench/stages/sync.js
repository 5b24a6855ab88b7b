/** Brings all entities up to date. */
import { runStage } from '../run-stage.js';
import { sync } from '../../dist/pipeline/sync.js';
import { assertWell, openProgram } from '../open-program.js';

await runStage(async (settings) => {
  const { deps, moved, close } = await openProgram(settings);
  const options = { now: settings.now, since: null, lookbackMs: 86_400_000 };
  const result = await sync(deps.source.entities, options, deps);
  assertWell(result);
  await close();
  const { inserted, updated, deleted } = result;
  return { ...moved, changed: inserted + updated + deleted };
});
