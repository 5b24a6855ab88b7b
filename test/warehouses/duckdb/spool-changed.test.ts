import { expect, test } from '@jest/globals';
import { readFile, rm, writeFile } from 'node:fs/promises';
import { job } from '../suite/entities.ts';
import { jobs, openLab } from './fixtures.ts';

const swapLines = async (file: string): Promise<void> => {
  const [first = '', second = '', ...others] = (await readFile(file, 'utf8')).split('\n');
  await writeFile(file, [second, first, ...others].join('\n'));
};

const changeLetter = async (file: string): Promise<void> => {
  await writeFile(file, (await readFile(file, 'utf8')).replace('longer', 'Longer'));
};

test.each([
  ['whose lines were exchanged', swapLines],
  ['that lost its last line', (file: string) => writeFile(file, `${JSON.stringify(job(1, 1))}\n`)],
  ['of which a letter was changed', changeLetter],
  ['that was removed', (file: string) => rm(file)],
])(
  'a spool file %s between staging and commit is refused, and nothing is committed',
  async (_, change) => {
    const lab = await openLab();
    const batch = await lab.seal(jobs, [
      job(1, 1),
      { ...job(2, 1), summary: 'longer than the other' },
    ]);
    const staged = await lab.warehouse().stage(jobs, [batch]);
    await change(batch.file);
    await expect(lab.warehouse().commit(staged, 'run')).rejects.toThrow(
      /a spool file was changed or removed meanwhile; repeat the command/,
    );
    await lab.warehouse().dropStaged(staged);
    expect(await lab.rows('select count(*) as n from st_raw.raw_jobs')).toEqual([{ n: 0 }]);
    expect(await lab.rows('select count(*) as n from st_ops.ledger')).toEqual([{ n: 0 }]);
    await lab.close();
  },
);
