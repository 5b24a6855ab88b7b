import { expect, test } from '@jest/globals';
import { readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { job } from '../suite/entities.ts';
import { jobs, openLab } from './fixtures.ts';

const swapLines = async (file: string): Promise<void> => {
  const [first = '', second = '', ...others] = (await readFile(file, 'utf8')).split('\n');
  await writeFile(file, [second, first, ...others].join('\n'));
};

const changeLetter = async (file: string): Promise<void> => {
  await writeFile(file, (await readFile(file, 'utf8')).replace('longer', 'Longer'));
};

/** A record that is left to the SQL, which reads payloads from the files again at the commit. */
const odd = { ...job(1, 1), total: '1e2' };

const readCounts = async (lab: Awaited<ReturnType<typeof openLab>>) => {
  const [counts] = await lab.rows(
    'select (select count(*) from st_raw.raw_jobs) as rows, (select count(*) from st_ops.ledger) as loads',
  );
  return counts;
};

test.each([
  ['whose lines were exchanged', swapLines],
  ['that lost its last line', (file: string) => writeFile(file, `${JSON.stringify(odd)}\n`)],
  ['of which a letter was changed', changeLetter],
  ['that was removed', (file: string) => rm(file)],
])(
  'a spool file %s between staging and commit is refused, and nothing is committed',
  async (_, change) => {
    const lab = await openLab();
    const batch = await lab.seal(jobs, [odd, { ...job(2, 1), summary: 'longer than the other' }]);
    const staged = await lab.warehouse().stage(jobs, [batch]);
    await change(batch.file);
    await expect(lab.warehouse().commit(staged, 'run')).rejects.toThrow(
      /a spool file was changed or removed meanwhile; repeat the command/,
    );
    await lab.warehouse().dropStaged(staged);
    expect(await readCounts(lab)).toEqual({ rows: 0, loads: 0 });
    await lab.close();
  },
);

test('what is staged as columns is committed, whatever becomes of its spool file', async () => {
  const lab = await openLab();
  const batch = await lab.seal(jobs, [job(1, 1), job(2, 1)]);
  const payloads = (await readFile(batch.file, 'utf8')).trimEnd().split('\n');
  const staged = await lab.warehouse().stage(jobs, [batch]);
  await writeFile(batch.file, 'nothing of it\n');
  await lab.warehouse().commit(staged, 'run');
  await lab.warehouse().dropStaged(staged);
  const rows = await lab.rows('select payload from st_raw.raw_jobs order by id');
  expect(rows.map(({ payload }) => payload)).toEqual(payloads);
  expect((await readdir(dirname(batch.file))).filter((name) => name.endsWith('.parquet'))).toEqual(
    [],
  );
  await lab.close();
});

test.each([
  ['removed', (file: string) => rm(file)],
  ['cut', async (file: string) => writeFile(file, (await readFile(file)).subarray(0, 200))],
])('a file of columns that was %s is refused, and nothing is committed', async (_, damage) => {
  const lab = await openLab();
  const batch = await lab.seal(jobs, [job(1, 1), job(2, 1)]);
  const staged = await lab.warehouse().stage(jobs, [batch]);
  const dir = dirname(batch.file);
  const columns = (await readdir(dir)).filter((name) => name.endsWith('.parquet'));
  expect(columns).toHaveLength(1);
  await damage(join(dir, columns[0] ?? ''));
  await expect(lab.warehouse().commit(staged, 'run')).rejects.toThrow(
    /a spool file was changed or removed meanwhile; repeat the command/,
  );
  await lab.warehouse().dropStaged(staged);
  expect(await readCounts(lab)).toEqual({ rows: 0, loads: 0 });
  await lab.close();
});
