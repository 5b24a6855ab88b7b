import { readSourceConfig } from '../../../../src/config.ts';
import { readChecks } from '../../../../src/pipeline/read-checks.ts';
import { readModels } from '../../../../src/pipeline/read-models.ts';
import { readSeeds } from '../../../../src/pipeline/read-seeds.ts';
import {
  batchBytesMaxDefault,
  readsInFlightMax,
  streamsInFlightMax,
} from '../../../../src/limits.ts';
import { servicetitanEntities } from '../../../../src/sources/servicetitan/index.ts';
import { allDatasets } from '../../../../src/warehouses/bigquery/googlesql-text.ts';
import { stateTables } from '../../../../src/warehouses/state-tables.ts';
import { countCommit, countRun } from './count-jobs.ts';

const defaults = () =>
  readSourceConfig({
    ST_CLIENT_ID: '1',
    ST_CLIENT_SECRET: '1',
    ST_APP_KEY: '1',
    ST_TENANT_ID: '1',
  });

/** What docs/scaling.md takes from the program itself. */
export const readCodeFigures = async (): Promise<Record<string, number>> => {
  const [models, checks] = [await readModels('sql'), await readChecks('sql')];
  const [merged, set] = [await countCommit(null), await countCommit({ kind: 'all' })];
  const marked = await countCommit({ kind: 'all' }, true);
  const run = await countRun();
  return {
    entities: servicetitanEntities.length,
    datasets: allDatasets.length,
    state_tables: Object.keys(stateTables).length,
    models: models.length,
    histories: models.filter(({ historyColumn }) => historyColumn !== null).length,
    checks: checks.length,
    seeds: (await readSeeds('sql')).length,
    requests_second: defaults().source.requestsPerSecond,
    batch_mib: batchBytesMaxDefault / 1024 ** 2,
    streams: streamsInFlightMax,
    reads: readsInFlightMax,
    run_queries: run.queries,
    run_tables: run.tables,
    commit_queries: merged.queries,
    commit_tables: merged.tables,
    commit_raw_tables: merged.rawTables,
    set_queries: set.queries - merged.queries,
    set_tables: set.tables - merged.tables,
    set_raw_tables: set.rawTables - merged.rawTables,
    mark_tables: marked.tables - set.tables,
    mark_raw_tables: marked.rawTables - set.rawTables,
  };
};
