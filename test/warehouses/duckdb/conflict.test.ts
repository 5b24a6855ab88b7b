import { expect, test } from '@jest/globals';
import { openLab } from './fixtures.ts';

const anew = (table: string, sql: string) => ({
  ...{ table, sql, historyColumn: null, description: '', columns: [] },
});

test('another writer in the way: everything is done again', async () => {
  const lab = await openLab();
  const second = await lab.open();
  const build = (table: string, sql: string, inspect: () => Promise<void>) => {
    const snapshot = { tenantId: '1', date: '2024-03-01' };
    const plan = { seeds: [], snapshot, tables: [anew(table, sql)] };
    return lab.warehouse().buildTables(plan, inspect);
  };
  await build('st_dim.a', 'select 1 as x', () => Promise.resolve());
  let looks = 0;
  const built = await build('st_dim.b', 'select x from st_dim.a', async () => {
    looks += 1;
    if (looks === 1) await second.execute('create or replace table st_dim.b as select 9 as x');
  });
  expect({ looks, built }).toMatchObject({ looks: 2, built: [{ rows: 1 }] });
  expect(await lab.rows('select x from st_dim.b')).toEqual([{ x: 1 }]);
  await second.close();
  await lab.close();
});
