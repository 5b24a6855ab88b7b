import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { readProgress } from '../../../src/pipeline/progress.ts';
import { verify } from '../../../src/pipeline/verify.ts';
import type { Bigquery } from '../../support/bigquery/start-bigquery.ts';
import { instant, job, jobs, pay } from '../suite/entities.ts';
import { openLab } from '../suite/lab.ts';
import { placeIn } from './rig.ts';
import { startJudged } from './start-judged.ts';

let server: Bigquery;
beforeAll(async () => {
  server = await startJudged();
});
afterAll(() => server.close());

const all = { kind: 'all' } as const;

test('every statement of a run, as it is sent, is accepted by Google’s analyzer', async () => {
  const lab = await openLab(placeIn(server, 'trial_'));
  const records = [job(1, 1, { createdOn: instant(0), total: 'x' }), job(2, 1), { id: 'no' }];
  await lab.load(jobs, records, { minute: 10 });
  const first = await lab.seal(jobs, [job(1, 2, { createdOn: instant(0) })], {
    minute: 20,
    scope: all,
  });
  const second = await lab.seal(jobs, [job(3, 2)], { minute: 20, stream: 'b' });
  expect(await lab.commitBatches(jobs, [first, second])).toMatchObject({ updated: 1, deleted: 1 });
  await lab.load(pay, [
    { payrollId: 1, amount: 5 },
    { payrollId: 1, amount: 5 },
  ]);
  const stream = { tenantId: '77', entity: 'jobs', stream: 'sync', cursor: null };
  await lab.warehouse().restartStreams([stream, { ...stream, stream: 'new' }]);
  const event = `select '77' as tenant_id, date '2024-03-01' as event_date, 'A' as business_unit, `;
  const text = { description: 'a table', columns: [{ name: 'n', description: 'a count' }] };
  const build = (columns: string) =>
    lab.warehouse().buildTables(
      {
        seeds: [{ table: 'st_ref.seed_x', columns: ['w', 'order'], rows: [["a'", '']] }],
        tables: [
          { table: 'st_mart.a', sql: event + columns, historyColumn: null, ...text },
          { table: 'st_mart.h', sql: event + columns, historyColumn: 'event_date', ...text },
        ],
        snapshot: { tenantId: '77', date: '2024-03-01' },
      },
      async (query) => {
        expect(await query('select count(*) as n from st_mart.a where n = @n', { n: 1 })).toEqual([
          { n: 1 },
        ]);
      },
    );
  for (const columns of ['1 as n', '1 as n, 2 as more', '1 as n']) await build(columns);
  const options = { entities: [jobs, pay], tenantId: '77' };
  expect((await verify(lab.warehouse(), options)).every(({ ok }) => ok)).toBe(true);
  const progress = await readProgress(lab.warehouse(), { ...options, now: instant(60) });
  expect(progress).toMatchObject([{ rowsStored: 2 }, { rowsStored: 2 }]);
  await lab.close();
  const failed = server.jobs().filter(({ errorResult }) => errorResult !== undefined);
  expect(failed.map(({ errorResult }) => errorResult)).toEqual([]);
});
