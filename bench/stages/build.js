/** All models and all checks. */
import { runStage } from '../run-stage.js';
import { duckdbBuiltGroupRows } from '../../dist/limits.js';
import { build } from '../../dist/pipeline/build.js';
import { servicetitanEntities } from '../../dist/sources/servicetitan/index.js';
import { log, openWarehouse, tenant } from '../open-program.js';

await runStage(async (settings) => {
  const warehouse = await openWarehouse({ ...settings, rowGroupRows: duckdbBuiltGroupRows });
  const { built, checks } = await build({
    warehouse,
    entities: servicetitanEntities,
    sqlDir: 'sql',
    log,
    tenant,
    now: settings.now,
    select: null,
  });
  await warehouse.close();
  const rows = built.reduce((sum, model) => sum + model.rows, 0);
  return { rows, models: built.length, checks: checks.length };
});
