import { expect, test } from '@jest/globals';
import { join } from 'node:path';
import { duckdbLoadMemoryMb } from '../../../src/limits.ts';
import { openDuckdb } from '../../../src/warehouses/duckdb/open-duckdb.ts';
import { openSession, type Session } from '../../../src/warehouses/duckdb/open-session.ts';
import { job } from '../suite/entities.ts';
import { jobs, openLab } from './fixtures.ts';
import { makeTempDir } from '../../support/temp-dir.ts';

/** So many that the average is not heavy, and no more memory is allowed from the first. */
const others = Array.from({ length: 4000 }, (_, index) => job(index + 1, 1));

test('a record of fifty megabytes loads, although loads are held to little memory', async () => {
  const lab = await openLab();
  const size = 50 * 1024 * 1024;
  const records = [{ ...job(0, 1), summary: 'x'.repeat(size) }, ...others];
  await lab.load(jobs, records);
  expect(
    await lab.rows('select count(*) as n, max(length(payload)) as longest from st_raw.raw_jobs'),
  ).toEqual([{ n: records.length, longest: JSON.stringify(records[0]).length }]);
  expect(await lab.listStaging()).toEqual([]);
  await lab.close();
}, 60_000);

test('memory that a load turned out to need stays allowed until the file is opened anew: another one beside it would take it back', async () => {
  const allowed: number[] = [];
  const watch = (session: Session): Session => ({
    ...session,
    allow: (means) => {
      allowed.push(means.memoryMb);
      return session.allow(means);
    },
    openBeside: async () => watch(await session.openBeside()),
  });
  const lab = await openLab();
  const path = join(await makeTempDir(), 'x.duckdb');
  const warehouse = await openDuckdb({
    ...{ path, datasetPrefix: '', now: () => new Date(0), commitsPerOpening: 1 },
    openSession: async (options) => watch(await openSession(options)),
  });
  await warehouse.prepare([jobs]);
  for (const size of [50 * 1024 * 1024, 1]) {
    const large = { ...job(0, 1), summary: 'x'.repeat(size) };
    const batch = await lab.seal(jobs, [large, ...others]);
    await warehouse.dropStaged(await warehouse.stage(jobs, [batch]));
  }
  expect(Math.max(...allowed)).toBeGreaterThan(duckdbLoadMemoryMb);
  expect(allowed).toEqual([...allowed].sort((a, b) => a - b));
  for (const id of [2, 3]) {
    expect(Math.max(...allowed.splice(0))).toBeGreaterThan(duckdbLoadMemoryMb);
    const batch = await lab.seal(jobs, [job(id, 1)], { stream: `stream ${id}` });
    await warehouse.planStreams([{ ...batch, cursor: null }]);
    await warehouse.commit(await warehouse.stage(jobs, [batch]), 'run-1');
  }
  expect(allowed.at(-1)).toBe(duckdbLoadMemoryMb);
  await warehouse.close();
  await lab.close();
}, 60_000);
