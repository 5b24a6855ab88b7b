import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { rewriteParameters } from '../../../src/warehouses/sql-text.ts';
import { analyze } from '../../support/googlesql/analyze.ts';
import { readOptions } from '../../support/googlesql/language.ts';
import { startGooglesql } from '../../support/googlesql/start-googlesql.ts';
import type { Table, TypeName } from '../../support/googlesql/tables.ts';
import { warnLoudly } from '../../support/googlesql/warn-loudly.ts';
import {
  martTables,
  openReconcileRig,
  reportOf,
  type ReconcileRig,
} from './support/reconcile-rig.ts';

const server =
  process.env.FIELDMART_GOOGLESQL === 'off'
    ? ({ runs: false, reason: 'FIELDMART_GOOGLESQL is off' } as const)
    : await startGooglesql();
if (!server.runs) warnLoudly(server.reason);
const proves = server.runs ? test : test.skip;

let rig: ReconcileRig;

beforeAll(async () => {
  rig = await openReconcileRig();
});

afterAll(() => rig.close());

const typeNames: Readonly<Record<string, TypeName>> = {
  varchar: 'STRING',
  bigint: 'INT64',
  integer: 'INT64',
  date: 'DATE',
  boolean: 'BOOL',
  decimal: 'NUMERIC',
};

const catalog: Table[] = Object.entries(martTables).map(([name, columns]) => ({
  name,
  columns: [...columns.matchAll(/(\w+) (varchar|bigint|integer|date|boolean|decimal)/g)].map(
    ([, column = '', type = '']) => ({ name: column, type: typeNames[type] ?? 'STRING' }),
  ),
}));

proves(
  "Google's analyzer accepts every query",
  async () => {
    if (!server.runs) return;
    for (const history of ['kpi_future_bookings', 'kpi_outstanding_ar']) {
      await rig.given(`st_mart.${history}`, [{ event_date: '2024-03-07' }]);
    }
    const jobs = (key: string) =>
      reportOf(`${key}|Unit|Subtotal|Cost|Type|Closed`, '7|A|1|1|x|yes');
    const invoices = (key: string) => reportOf(`Payment|${key}|Unit|Amount|Balance`, '7|8|A|1|50');
    for (const key of ['Job ID', 'Job #']) {
      for (const kpi of [
        'lead_count',
        'dollars_produced',
        'gpm_percent',
        'num_estimates',
        'close_rate_percent',
        'future_bookings',
        'warranty_percent',
      ]) {
        await rig.run(kpi, jobs(key));
      }
    }
    await rig.run('total_booked', reportOf('Estimate ID|Unit|Total', '7|A|1'));
    for (const key of ['Invoice ID', 'Invoice #']) {
      await rig.run('dollars_collected', invoices(key));
      await rig.run('outstanding_ar', invoices(key));
    }
    await rig.run('dollars_collected', invoices('Other'));
    await rig.run('outstanding_ar', invoices('Location ID'));
    const options = await readOptions(server.api);
    const queries = new Set(rig.queries.map((sql) => rewriteParameters(sql, () => "'x'").sql));
    expect(queries.size).toBeGreaterThan(20);
    for (const sql of queries) {
      const columns = await analyze({ api: server.api, options }, sql, catalog);
      expect(columns.length).toBeGreaterThan(0);
    }
  },
  60_000,
);
