import { readConfig } from '../config.ts';
import { CheckError } from '../errors.ts';
import { check } from '../pipeline/check.ts';
import { servicetitanEntities } from '../sources/servicetitan/servicetitan-entities.ts';
import { formatChecks } from './format-checks.ts';
import type { Io } from './io.ts';
import { openWarehouse } from './open-pipeline.ts';
import { sqlDir } from './package-paths.ts';
import { wantsColour } from './wants-colour.ts';

/** `fieldmart check`: runs the checks on the published tables. */
export const runCheck = async (io: Io): Promise<number> => {
  const config = readConfig(io.env);
  const { tenantId } = config;
  const warehouse = await openWarehouse(config, io);
  try {
    await warehouse.prepare(servicetitanEntities);
    const { checks, apart, loadsSince } = await check(warehouse, { sqlDir, tenantId });
    io.out(
      io.json ? JSON.stringify(checks) : formatChecks(checks, { colour: wantsColour(io.env) }),
    );
    if (apart.length > 0) {
      io.err(
        `Not run, since build --select made the tables they compare at different times: ${apart.join(', ')}; run ` +
          'fieldmart build',
      );
    }
    const stale = loadsSince > 0 ? `; ${loadsSince} loads are newer than the tables checked` : '';
    const red = checks.filter(({ status }) => status === 'red').map(({ name }) => name);
    if (red.length > 0) {
      throw new CheckError(
        `Cannot vouch for the published tables: ${red.join(', ')} red${stale}; run fieldmart build, which publishes ` +
          'only what passes and shows what does not',
      );
    }
    if (stale !== '') io.err(`Green and yellow as published${stale}: run fieldmart build`);
    return 0;
  } finally {
    await warehouse.close();
  }
};
