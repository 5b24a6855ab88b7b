import { readConfig } from '../config.ts';
import { build } from '../pipeline/build.ts';
import { servicetitanEntities } from '../sources/servicetitan/index.ts';
import { formatTable } from './format-table.ts';
import type { Io } from './io.ts';
import { openLogger, openWarehouse } from './open-pipeline.ts';
import { sqlDir } from './package-paths.ts';

/** `fieldmart build`: runs the model SQL. */
export const runBuild = async (io: Io): Promise<number> => {
  const config = readConfig(io.env);
  const log = openLogger(config, { bar: true });
  const warehouse = await openWarehouse(config);
  try {
    const { built } = await build({
      warehouse,
      entities: servicetitanEntities,
      sqlDir,
      log,
      tenant: { tenantId: config.tenantId, timeZone: config.timeZone },
      now: io.now().toISOString(),
      select: null,
    });
    io.out(
      formatTable(
        ['model', 'rows', 'ms'],
        built.map(({ model, rows, durationMs }) => [model, rows, durationMs]),
      ),
    );
    return 0;
  } finally {
    await warehouse.close();
  }
};
