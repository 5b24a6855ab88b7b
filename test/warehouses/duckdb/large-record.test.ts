import { expect, test } from '@jest/globals';
import { job } from '../suite/entities.ts';
import { jobs, openLab } from './fixtures.ts';

test('a record of fifty megabytes loads, although loads are held to little memory', async () => {
  const lab = await openLab();
  const size = 50 * 1024 * 1024;
  const records = [job(1, 1), { ...job(2, 1), summary: 'x'.repeat(size) }, job(3, 1)];
  await lab.load(jobs, records);
  expect(
    await lab.rows('select count(*) as n, max(length(payload)) as longest from st_raw.raw_jobs'),
  ).toEqual([{ n: 3, longest: JSON.stringify(records[1]).length }]);
  expect(await lab.listStaging()).toEqual([]);
  await lab.close();
}, 60_000);
