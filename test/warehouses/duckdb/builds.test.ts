import { expect, test } from '@jest/globals';
import { duckdbBuildMemoryMb } from '../../../src/limits.ts';
import { describeBuilds } from '../suite/build-suite.ts';
import { duckdbRig, openLab } from './fixtures.ts';

describeBuilds(duckdbRig);

test('a table that needs more memory than builds are held to is built with all of it', async () => {
  const lab = await openLab();
  // A list is held whole; this one's items alone are more, once it has grown to them.
  const numbers = (duckdbBuildMemoryMb * 1_000_000) / 16;
  const table = { table: 'st_dim.a', sql: `select len(list(range)) as n from range(${numbers})` };
  const built = await lab.warehouse().buildTables(
    {
      seeds: [],
      tables: [{ ...table, historyColumn: null, description: '', columns: [] }],
      snapshot: { tenantId: '1', date: '2024-03-01' },
    },
    () => Promise.resolve(),
  );
  expect(built).toMatchObject([{ table: 'st_dim.a', rows: 1 }]);
  expect(await lab.rows('select n from st_dim.a')).toEqual([{ n: numbers }]);
  await lab.close();
});
