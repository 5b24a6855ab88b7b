import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdir, readdir, readFile, rm, utimes, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { WarehouseError } from '../../src/errors.ts';
import { openClaims } from '../../src/extract/claims.ts';
import { readIdentity } from '../../src/extract/identity.ts';
import { makeTempDir } from '../support/temp-dir.ts';

let dir: string;
beforeEach(async () => {
  dir = join(await makeTempDir(), '77', 'jobs', 'sync');
});

const children: ChildProcess[] = [];
afterEach(() => {
  for (const child of children.splice(0)) child.kill('SIGKILL');
});

/** A process of its own that claims the folder, says how that went, and stays. */
const claimElsewhere = async () => {
  const child = spawn(
    process.execPath,
    [
      '--input-type=module',
      '--eval',
      `import { openClaims } from './dist/extract/claims.js';
      const said = await openClaims()(${JSON.stringify(dir)}, 'jobs (sync)').then(() => 'held', (e) => e.message);
      console.log(said);
      setInterval(() => {}, 1000);`,
    ],
    { stdio: ['ignore', 'pipe', 'inherit'] },
  );
  children.push(child);
  const [said] = (await once(child.stdout, 'data')) as [Buffer];
  return { child, said: said.toString().trim() };
};

const claims = async (): Promise<string[]> =>
  (await readdir(dirname(dir))).filter((name) => name.includes('.claim-'));

const leave = async (holder: object): Promise<string> => {
  await mkdir(dirname(dir), { recursive: true });
  const file = `${dir}.claim-left`;
  await writeFile(file, JSON.stringify(holder));
  return file;
};

const take = openClaims();

test('a folder is one process’s at a time, and the second is told which', async () => {
  const { child, said } = await claimElsewhere();
  expect(said).toBe('held');
  const refused = take(dir, 'jobs (sync)');
  await expect(refused).rejects.toThrow(WarehouseError);
  await expect(refused).rejects.toThrow(
    `Cannot read jobs (sync): another fieldmart (pid ${child.pid ?? 0}) reads it into the same spool; ` +
      'wait for it to end, or stop it, and repeat the command',
  );
  expect(await claims()).toHaveLength(1);
});

test('a process that was killed leaves a claim that the next one takes over', async () => {
  const { child } = await claimElsewhere();
  child.kill('SIGKILL');
  await once(child, 'exit');
  expect(await claims()).toHaveLength(1);
  const claim = await take(dir, 'jobs (sync)');
  await claim.check();
  expect(await claims()).toHaveLength(1);
  await claim.release();
  expect(await claims()).toEqual([]);
});

test('a process that is stopped keeps its claim', async () => {
  const { child } = await claimElsewhere();
  child.kill('SIGSTOP');
  await expect(take(dir, 'jobs (sync)')).rejects.toThrow(`pid ${child.pid ?? 0}`);
});

test('of several that come at once one gets it at most, and none for ever', async () => {
  const results = await Promise.allSettled(
    Array.from({ length: 6 }, () => take(dir, 'jobs (sync)')),
  );
  const held = results.filter((result) => result.status === 'fulfilled');
  expect(held.length).toBeLessThanOrEqual(1);
  for (const { value } of held) await value.release();
  await (await take(dir, 'jobs (sync)')).release();
});

describe('whose claim is it', () => {
  test('a number that was given away again is not its holder', async () => {
    const self = await readIdentity();
    if (self.started === null) return;
    await leave({ ...self, pid: process.ppid, started: '1' });
    await (await take(dir, 'jobs (sync)')).release();
    expect(await claims()).toEqual([]);
  });

  test('of a place that cannot be looked into it counts while it is renewed', async () => {
    const self = await readIdentity();
    const file = await leave({ ...self, pid: 1, place: 'elsewhere' });
    await expect(take(dir, 'jobs (sync)')).rejects.toThrow(
      '(pid 1 on another machine or in another container)',
    );
    const old = new Date(Date.now() - 100_000);
    await utimes(file, old, old);
    await (await take(dir, 'jobs (sync)')).release();
  });

  test('what is no claim is removed', async () => {
    for (const text of ['', 'null', '{"pid":"1"}']) {
      await mkdir(dirname(dir), { recursive: true });
      await writeFile(`${dir}.claim-odd`, text);
      await (await take(dir, 'jobs (sync)')).release();
    }
    expect(await claims()).toEqual([]);
  });

  test('one that someone removed is noticed before anything is committed', async () => {
    const claim = await take(dir, 'jobs (sync)');
    const [name = ''] = await claims();
    expect(JSON.parse(await readFile(join(dirname(dir), name), 'utf8'))).toMatchObject({
      pid: process.pid,
    });
    await rm(join(dirname(dir), name));
    await expect(claim.check()).rejects.toThrow(/^Cannot go on with jobs \(sync\): /);
    await claim.release();
  });
});
