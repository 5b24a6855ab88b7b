import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { Stopped, WarehouseError } from '../../../src/errors.ts';
import { duckdbReopenMsMax } from '../../../src/limits.ts';
import { smallWork } from '../../support/small-work.ts';
import { openDuckdb } from '../../../src/warehouses/duckdb/open-duckdb.ts';
import { job, jobs } from '../suite/entities.ts';
import { makeTempDir } from '../../support/temp-dir.ts';
import { openLab, type Lab } from './fixtures.ts';

let path: string;
let lab: Lab;

beforeEach(async () => {
  path = join(await makeTempDir(), 'lab', 'test.duckdb');
  lab = await openLab({ path, commitsPerOpening: 2 });
});

afterEach(() => lab.close());

/** A file that is attached again has another number. */
const readOpening = async (): Promise<unknown> => {
  const [row] = await lab.rows(
    "select database_oid as n from duckdb_databases() where database_name = 'warehouse'",
  );
  return row?.n;
};

test('a file is opened again after so many commits, and what is staged stays', async () => {
  const before = await readOpening();
  await lab.load(jobs, [job(1, 1)]);
  expect(await readOpening()).toBe(before);
  const plain = await lab.warehouse().stage(jobs, [await lab.seal(jobs, [job(2, 1)])]);
  const odd = await lab.seal(jobs, [{ ...job(3, 1), id: 'odd' }, job(4, 1)], { stream: 'feed' });
  const bySql = await lab.warehouse().stage(jobs, [odd]);
  await lab.warehouse().commit(plain, 'run-1');
  expect(await readOpening()).toBe(before);
  await lab.warehouse().commit(bySql, 'run-1');
  expect(await readOpening()).not.toBe(before);
  await lab.warehouse().dropStaged(plain);
  await lab.warehouse().dropStaged(bySql);
  expect(await lab.listStaging()).toEqual([]);
  expect(await lab.table(jobs, 'id')).toEqual([[1], [2], [4]]);
  expect(await lab.rows('select count(*) as n from st_ops.ledger')).toEqual([{ n: 3 }]);
});

test('commits that come while another group is staged wait for it', async () => {
  const batches = await Promise.all(
    Array.from({ length: 8 }, (_, index) =>
      lab.seal(jobs, [job(index + 1, 1)], { stream: `window ${index}` }),
    ),
  );
  await Promise.all(batches.map((batch) => lab.commitBatches(jobs, [batch])));
  expect(await lab.table(jobs, 'id')).toHaveLength(8);
});

test('a file that is opened twice in this process stays open', async () => {
  const other = await openDuckdb({ path, datasetPrefix: '', now: () => new Date(0), ...smallWork });
  const before = await readOpening();
  for (const id of [1, 2, 3]) await lab.load(jobs, [job(id, 1)]);
  expect(await readOpening()).toBe(before);
  expect(await other.query('select count(*) as n from st_raw.raw_jobs')).toEqual([{ n: 3 }]);
  await other.close();
  await lab.load(jobs, [job(4, 1)]);
  await lab.load(jobs, [job(5, 1)]);
  expect(await readOpening()).not.toBe(before);
});

/** Opens the file as soon as nobody holds it, and keeps it for so long, or until it is told to go. */
const intruder = `
  const { DuckDBInstance } = require('@duckdb/node-api');
  const [, path, ms] = process.argv;
  const take = () => DuckDBInstance.create(path).catch(() => new Promise(setImmediate).then(take));
  process.send('begins');
  take().then((instance) => {
    const go = () => { instance.closeSync(); process.disconnect(); };
    process.once('message', go);
    if (ms !== 'told') setTimeout(go, Number(ms));
    process.send('holds');
  });
`;

const startIntruder = async (ms: number | 'told') => {
  const child = spawn(process.execPath, ['-e', intruder, path, String(ms)], {
    stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
  });
  const gone = once(child, 'exit');
  const told: unknown[] = [];
  child.on('message', (message) => told.push(message));
  await once(child, 'message');
  const leave = async (): Promise<void> => {
    child.send('go');
    await gone;
  };
  return { gone, leave, pid: child.pid, holds: () => told.includes('holds') };
};

/** A log of warnings, which calls `onWarning` for each. */
const listen = (onWarning: () => void = () => undefined) => {
  const warnings: unknown[] = [];
  const warn = (_: string, meta: unknown): void => {
    warnings.push(meta);
    onWarning();
  };
  return { warnings, log: { info: () => undefined, warn } };
};

test('another process that opens the file in between is waited for, which is said once', async () => {
  await lab.close();
  const { warnings, log } = listen();
  lab = await openLab({ path, commitsPerOpening: 2, log });
  const { gone, holds, pid } = await startIntruder(300);
  let id = 0;
  while (!holds()) await lab.load(jobs, [job((id += 1), 1)]);
  await gone;
  await lab.load(jobs, [job((id += 1), 1)]);
  expect(await lab.table(jobs, 'id')).toHaveLength(id);
  expect(warnings).toEqual([{ pid, msMax: duckdbReopenMsMax }]);
});

test('a stop ends the waiting for another process, and nothing of what comes after waits or fails', async () => {
  await lab.close();
  const stop = new AbortController();
  const { log } = listen(() => {
    stop.abort();
  });
  lab = await openLab({ path, commitsPerOpening: 2, log, signal: stop.signal });
  const staged = await lab.warehouse().stage(jobs, [await lab.seal(jobs, [job(0, 1)])]);
  const { leave } = await startIntruder('told');
  const load = async (): Promise<never> => {
    for (let id = 1; ; id += 1) await lab.load(jobs, [job(id, 1)], { stream: `stream ${id}` });
  };
  await expect(load()).rejects.toThrow(Stopped);
  await expect(lab.warehouse().commit(staged, 'run-1')).rejects.toThrow(Stopped);
  await expect(lab.warehouse().recordRuns([])).rejects.toThrow(Stopped);
  await lab.warehouse().dropStaged(staged);
  await leave();
  const [ledger] = await lab.rows('select count(*) as n from st_ops.ledger');
  expect(await lab.table(jobs, 'id')).toHaveLength(Number(ledger?.n));
});

test('where another process keeps the file the commit fails, and the file is taken back when it is free', async () => {
  await lab.close();
  lab = await openLab({ path, commitsPerOpening: 2, reopenMsMax: 200 });
  const aside = await lab.seal(jobs, [job(1, 1)], { stream: 'aside' });
  const staged = await lab.warehouse().stage(jobs, [aside]);
  const { leave, holds } = await startIntruder('told');
  const load = async (): Promise<string> => {
    let id = 0;
    while (!holds()) await lab.load(jobs, [job((id += 1), 1)]);
    return 'never refused';
  };
  const refused = await load().catch((error: unknown) => error);
  expect(refused).toBeInstanceOf(WarehouseError);
  expect(String(refused)).toMatch(/another process .*holds it/);
  const [entity, command, tenantId] = ['jobs', 'sync', '77'];
  const at = '2024-06-01T00:00:00.000Z';
  const run = { runId: 'a', command, tenantId, entity, startedAt: at, message: '' };
  const record = () =>
    lab.warehouse().recordRuns([{ ...run, endedAt: at, outcome: 'ok', rows: 0, exitCode: 0 }]);
  await expect(record()).rejects.toThrow(/holds it/);
  await lab.warehouse().dropStaged(staged);
  await leave();
  await record();
  await lab.load(jobs, [job(1000, 1)], { stream: 'again' });
  const [ledger] = await lab.rows('select count(*) as n from st_ops.ledger');
  expect(await lab.table(jobs, 'id')).toHaveLength(Number(ledger?.n));
});
