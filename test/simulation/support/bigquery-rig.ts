import { standingsAfter } from '../../../src/warehouses/bigquery/leftovers.ts';
import { openBigquery, openSession } from '../../../src/warehouses/bigquery/open-bigquery.ts';
import type { Row } from '../../../src/warehouses/warehouse.ts';
import { connectDirectly } from '../../support/bigquery/connect-directly.ts';
import { startBigquery } from '../../support/bigquery/start-bigquery.ts';
import type { Rig } from './rigs.ts';
import { watchStaging } from './watch-staging.ts';

/** The stand-in writes everything as text. */
const readFlags = (row: Row): Row =>
  Object.fromEntries(
    Object.entries(row).map(([name, value]) =>
      name === 'done' || name === '_deleted' ? [name, value === 'true'] : [name, value],
    ),
  );

/** BigQuery's stand-in, empty, and the warehouse in it; they are closed together. */
const createRig = (connection: 'direct' | 'http'): Rig => ({
  name: 'bigquery',
  open: async (rewrite) => {
    const isDirect = connection === 'direct';
    const server = await startBigquery({ estimates: isDirect ? 'names' : 'plans' });
    const options = {
      ...{ project: server.projectId, location: 'US', datasetPrefix: '', maxBytesBilled: null },
      ...{ apiEndpoint: server.url, now: () => new Date(0), runId: 'simulation' },
      ...(isDirect && { connect: () => Promise.resolve(connectDirectly(server, rewrite)) }),
      sleep: () => Promise.resolve(),
    };
    const warehouse = await openBigquery(options);
    const staging = watchStaging(server, await openSession(options, () => undefined));
    return {
      ...warehouse,
      // What the checks look at comes straight out of the stand-in's tables.
      query: async (sql) => (await server.sql(sql)).map(readFlags),
      recordRuns: async (rows) => {
        await warehouse.recordRuns(rows);
        // No other call is under way: the flock makes one after the other.
        server.forget();
      },
      stage: (entity, batches) => staging.watch(() => warehouse.stage(entity, batches)),
      commit: async (staged, runId) => {
        const done = await warehouse.commit(staged, runId);
        await staging.clear(standingsAfter(staged.batches));
        return done;
      },
      dropStaged: async (staged) => {
        await warehouse.dropStaged(staged);
        staging.forget(staged.table);
      },
      staging: { forget: staging.forget, clear: staging.clear, list: staging.list },
      close: async () => {
        await warehouse.close();
        await server.close();
      },
    };
  },
});

/** Requests are asked in this process. */
export const bigqueryRig: Rig = createRig('direct');

/** Requests take the way that they take to Google, and statements are said to read what they read. */
export const bigqueryHttpRig: Rig = createRig('http');
