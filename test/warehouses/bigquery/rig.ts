import { setTimeout as wait } from 'node:timers/promises';
import { columnTypes } from '../../../src/warehouses/bigquery/column-types.ts';
import {
  openBigquery,
  type BigqueryLimits,
} from '../../../src/warehouses/bigquery/open-bigquery.ts';
import { createClient } from '../../support/bigquery/client.ts';
import { connectDirectly } from '../../support/bigquery/connect-directly.ts';
import type { Bigquery } from '../../support/bigquery/start-bigquery.ts';
import type { Place, Rig } from '../suite/lab.ts';
import { toTexts } from './to-texts.ts';

export type RigOptions = {
  maxBytesBilled?: number;
  location?: string;
  limits?: Partial<BigqueryLimits>;
  runId?: string;
  /** Without connections: what is sent over them, other suites look at. */
  isDirect?: boolean;
};

/** Attempts follow each other at once. */
const limits = { retryDelayMinMs: 5, retryDelayMaxMs: 20, requestTimeoutMs: 10_000 };

/** A warehouse in the stand-in, its datasets apart from others' by their prefix. */
export const placeIn = (server: Bigquery, prefix: string, options: RigOptions = {}): Place => ({
  open: (now) =>
    openBigquery({
      project: server.projectId,
      location: options.location ?? 'US',
      datasetPrefix: prefix,
      maxBytesBilled: options.maxBytesBilled ?? null,
      apiEndpoint: server.url,
      now,
      sleep: (ms) => wait(ms),
      limits: { ...limits, ...options.limits },
      ...(options.runId !== undefined && { runId: options.runId }),
      ...(options.isDirect === true && { connect: () => Promise.resolve(connectDirectly(server)) }),
    }),
  listStaging: async (warehouse) => {
    const rows = await warehouse.query('select table_name from st_stage.INFORMATION_SCHEMA.TABLES');
    return rows.map((row) => String(row.table_name));
  },
  readTexts: async (_, table) => {
    const [dataset = '', name = ''] = table.split('.');
    const path = `/datasets/${prefix}${dataset}/tables/${name}`;
    return toTexts((await createClient(server).call('GET', path)).body);
  },
});

let places = 0;

/** BigQuery's stand-in; each place has datasets of its own. */
export const bigqueryRig = (server: () => Bigquery): Rig => ({
  name: 'bigquery',
  types: columnTypes,
  share: 0.1,
  openPlace: (prefix) =>
    Promise.resolve(placeIn(server(), `p${(places += 1)}_${prefix ?? ''}`, { isDirect: true })),
});
