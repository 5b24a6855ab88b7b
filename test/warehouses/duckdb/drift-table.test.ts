import { expect, test } from '@jest/globals';
import { jobs, openLab } from './fixtures.ts';

test('drift is counted in a table of its own only where there is any', async () => {
  const lab = await openLab();
  const tables = async () =>
    (
      await lab.rows(
        "select 'staging.' || table_name as t from duckdb_tables() where database_name = 'staging' order by 1",
      )
    ).map(({ t }) => t);
  const fits = await lab.warehouse().stage(jobs, [await lab.seal(jobs, [{ id: 1, total: '1e2' }])]);
  expect(await tables()).toEqual([`${fits.table}_rows`]);
  await lab.warehouse().dropStaged(fits);
  const odd = await lab.warehouse().stage(jobs, [await lab.seal(jobs, [{ id: 1, total: 'x' }])]);
  expect(await tables()).toEqual([`${odd.table}_drift`, `${odd.table}_rows`]);
  await lab.warehouse().dropStaged(odd);
  expect(await tables()).toEqual([]);
});
