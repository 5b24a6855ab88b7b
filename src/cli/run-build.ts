import { readConfig } from '../config.ts';
import { duckdbBuiltGroupRows } from '../limits.ts';
import { build, type BuildResult } from '../pipeline/build.ts';
import { summarizeCheck } from '../pipeline/explain-checks.ts';
import { readModels } from '../pipeline/read-models.ts';
import { shortName } from '../pipeline/select-models.ts';
import { servicetitanEntities } from '../sources/servicetitan/servicetitan-entities.ts';
import { countChecks } from './format-checks.ts';
import { formatTable } from './format-table.ts';
import type { Io } from './io.ts';
import { openWarehouse } from './open-pipeline.ts';
import { sqlDir } from './package-paths.ts';
import { selectName } from './select-names.ts';
import { listenForStop } from './stop-signal.ts';

export type BuildArguments = { select: string | undefined };

const printJson = ({ built, checks, neverLoaded }: BuildResult, io: Io): void => {
  const models = built.map(({ model, rows, durationMs }) => ({ model, rows, durationMs }));
  io.out(JSON.stringify({ runId: io.runId, models, checks, neverLoaded }));
};

const print = ({ built, checks, neverLoaded }: BuildResult, io: Io): void => {
  io.out(
    formatTable(
      ['model', 'rows', 'ms'],
      built.map(({ model, rows, durationMs }) => [model, rows, durationMs]),
    ),
  );
  const yellow = checks.filter(({ status }) => status === 'yellow');
  const advice = yellow.length === 0 ? '' : '; fieldmart check shows the rows';
  io.out(`checks: ${countChecks(checks)}${advice}`);
  for (const result of yellow) io.out(`yellow ${summarizeCheck(result)}`);
  if (neverLoaded.length > 0) {
    io.out(
      `Never loaded: ${neverLoaded.join(', ')}. What is made of them is empty; read them with fieldmart backfill.`,
    );
  }
};

/** @throws ConfigError for a model that is not known, with the nearest one. */
const selectModel = async (typed: string): Promise<string> => {
  const names = (await readModels(sqlDir)).map(({ name }) => name);
  const known = typed.includes('.') ? names : names.map(shortName);
  return selectName(typed, { known, action: 'build', what: 'model' });
};

/** `fieldmart build`: runs the model SQL and its checks, and publishes what passes. */
export const runBuild = async (args: BuildArguments, io: Io): Promise<number> => {
  const config = readConfig(io.env);
  const select = args.select === undefined ? null : await selectModel(args.select);
  const stop = listenForStop(() => {
    io.log.warn('stopping: nothing of this build will be published');
  });
  const means = { ...io.means, rowGroupRows: duckdbBuiltGroupRows };
  const warehouse = await openWarehouse(config, { ...io, means });
  try {
    const result = await build({
      warehouse,
      entities: servicetitanEntities,
      sqlDir,
      log: io.log,
      buildId: io.runId,
      tenant: { tenantId: config.tenantId, timeZone: config.timeZone },
      now: io.now().toISOString(),
      select,
      signal: stop.signal,
    });
    if (io.json) printJson(result, io);
    else if (!io.quiet) print(result, io);
    const rows = result.built.reduce((sum, model) => sum + model.rows, 0);
    io.summarize({ models: result.built.length, rows, checks: result.checks.length });
    return 0;
  } finally {
    stop.release();
    await warehouse.close();
  }
};
