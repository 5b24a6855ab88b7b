import { beforeAll, expect, test } from '@jest/globals';
import { explainKpi } from '../../../src/pipeline/kpis/explain.ts';
import { kpis, parts } from '../../../src/pipeline/kpis/kpis.ts';
import { marts, type Grain } from '../../../src/pipeline/kpis/marts.ts';
import { readKpis } from '../../../src/pipeline/kpis/read-kpis.ts';
import {
  assertBuilt,
  readFirstSnapshot,
  readRange,
  readUnits,
} from '../../../src/pipeline/kpis/read-mart.ts';
import { readInvoices, readUnitDays } from '../../../src/pipeline/publish/read-invoices.ts';
import { readSourceState } from '../../../src/pipeline/publish/read-source-state.ts';
import { orderModels, readModels } from '../../../src/pipeline/read-models.ts';
import { readSeeds } from '../../../src/pipeline/read-seeds.ts';
import { servicetitanEntities as entities } from '../../../src/sources/servicetitan/index.ts';
import type { Row, Warehouse } from '../../../src/warehouses/warehouse.ts';
import { analyze, type Engine } from '../../support/googlesql/analyze.ts';
import { readOptions } from '../../support/googlesql/language.ts';
import { startGooglesql } from '../../support/googlesql/start-googlesql.ts';
import { describeTables, type Table } from '../../support/googlesql/tables.ts';
import { warnLoudly } from '../../support/googlesql/warn-loudly.ts';

const server =
  process.env.FIELDMART_GOOGLESQL === 'off'
    ? ({ runs: false, reason: 'FIELDMART_GOOGLESQL is off' } as const)
    : await startGooglesql();
if (!server.runs) warnLoudly(server.reason);

let engine: Engine;
const tables: Table[] = [];

beforeAll(async () => {
  if (!server.runs) return;
  engine = { api: server.api, options: await readOptions(server.api) };
  tables.push(...describeTables(entities));
  for (const { table, columns } of await readSeeds('sql')) {
    tables.push({ name: table, columns: columns.map((name) => ({ name, type: 'STRING' })) });
  }
  for (const { name, sql } of orderModels(await readModels('sql'))) {
    tables.push({ name, columns: await analyze(engine, sql, tables) });
  }
}, 60_000);

/** Notes every query; to each it gives one row of these values. */
const listen = (
  row: Row,
): { asked: string[]; deps: { warehouse: Warehouse; tenantId: string } } => {
  const asked: string[] = [];
  const warehouse = {
    prepare: () => Promise.resolve(),
    query: (sql: string) => {
      asked.push(sql);
      return Promise.resolve([row]);
    },
  } as unknown as Warehouse;
  return { asked, deps: { warehouse, tenantId: '1' } };
};

const dates = { first: '2024-03-01', last: '2024-03-31' };

/** All questions that the commands ask. */
const collectQueries = async (): Promise<string[]> => {
  const { asked, deps } = listen({ n: 1, model: 'st_mart.daily_kpis' });
  await assertBuilt(deps, ['st_mart.daily_kpis']);
  await readRange(deps);
  await readUnits(deps);
  await readFirstSnapshot(deps);
  for (const grain of Object.keys(marts) as Grain[]) {
    await readKpis(deps, { grain, dates, places: null });
    await readKpis(deps, { grain, dates, places: ['Phoenix', "O'Neil"] });
  }
  const queries = [...asked];
  for (const kpi of [...kpis, ...parts]) {
    const unit = { name: 'One', region: 'North', kind: kpi.kinds[0] ?? null };
    for (const row of [{ [kpi.name]: '1' }, {}]) {
      const heard = listen(row);
      const question = { kpi, unit, date: '2024-03-18' };
      // Without a number a snapshot has no records to list, and the answer names the nearest snapshots instead.
      await explainKpi(heard.deps, question, { units: [unit], range: dates }).catch(() => null);
      queries.push(...heard.asked);
    }
  }
  return queries;
};

(server.runs ? test : test.skip)(
  'Google’s analyzer accepts every query of kpis and explain, with parameters that are texts',
  async () => {
    const queries = new Set(await collectQueries());
    // Of the marts 4 and 8, one for a number, one for the records of each table, 2 for snapshots.
    expect(queries.size).toBe(4 + 8 + 1 + 8 + 2);
    for (const query of queries) {
      const sql = query.replace(/@\w+/g, "cast('x' as string)");
      await analyze(engine, sql, tables).catch((error: unknown) => {
        throw new Error(`${String(error)} in ${sql}`);
      });
    }
  },
  60_000,
);

(server.runs ? test : test.skip)(
  'Google’s analyzer accepts every query of what is published',
  async () => {
    // A unit's name is looked up in the roll-up once that is built.
    for (const n of [0, 1]) {
      const { asked, deps } = listen({ n, latest: '2024-03-18T00:00:00Z' });
      const invoices = { ...deps, timeZone: 'America/Phoenix' };
      await readSourceState(deps);
      for (const since of [null, '2024-03-18T00:00:00Z']) {
        for await (const page of readInvoices(invoices, { pageRows: 2, since })) {
          expect(page).toHaveLength(1);
        }
      }
      await readUnitDays(invoices, '2024-03-18');
      expect(new Set(asked).size).toBe(3 + 1 + 2 + 1);
      for (const query of new Set(asked)) {
        const sql = query.replace(/@\w+/g, "cast('x' as string)");
        await analyze(engine, sql, tables).catch((error: unknown) => {
          throw new Error(`${String(error)} in ${sql}`);
        });
      }
    }
  },
  60_000,
);
