import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import type { Fault } from '../../support/bigquery/faults.ts';
import { googleErrors, jobErrors } from '../../support/bigquery/google-errors.ts';
import { startBigquery, type Bigquery } from '../../support/bigquery/start-bigquery.ts';
import { instant, job, jobs } from '../suite/entities.ts';
import { expectLedgerToMatch, openLab } from '../suite/lab.ts';
import { placeIn } from './rig.ts';

let server: Bigquery;
beforeAll(async () => {
  server = await startBigquery();
});
afterAll(() => server.close());

const chunkBytes = 256 * 1024;
let places = 0;
const open = () =>
  openLab(
    placeIn(server, `lost${(places += 1)}_`, {
      limits: { chunkBytes, requestTimeoutMs: 400, chunkTimeoutMs: 400 },
    }),
  );

/** Some hundred kilobytes: an upload of three chunks. */
const records = Array.from({ length: 60 }, (_, id) =>
  job(id, 1, { createdOn: instant(0), summary: 'x'.repeat(10_000) }),
);

const post = { method: 'POST', path: /^\/bigquery\/.*\/jobs\?/ } as const;
const commit = { ...post, sql: /commit transaction/ } as const;
const typed = { ...post, sql: /^create or replace table/ } as const;
const begin = { method: 'POST', path: /uploadType=resumable/ } as const;
const chunk = { method: 'PUT' } as const;
const ask = { method: 'GET', path: /\/jobs\/fieldmart_/ } as const;
const lose = (what: 'request' | 'answer') => ({ kind: 'lose', what }) as const;
const hang = (what: 'request' | 'answer') => ({ kind: 'hang', what }) as const;
const answer = (given: ReturnType<typeof googleErrors.backendError>, afterWork = false) =>
  ({ kind: 'answer', answer: given, afterWork }) as const;
const fail = (error: ReturnType<typeof jobErrors.backendError>, afterWork = false) =>
  ({ kind: 'failJob', error, afterWork }) as const;

const conflict = jobErrors.concurrentUpdate('stand-in:st_ops.cursors');

const faults: [string, Fault][] = [
  ['the request of the commit is lost', { ...commit, effect: lose('request') }],
  ['the answer to the commit is lost', { ...commit, effect: lose('answer') }],
  ['the answer to the commit is lost three times', { ...commit, effect: lose('answer'), times: 3 }],
  ['the answer to the commit is cut', { ...commit, effect: { kind: 'truncate' } }],
  ['the commit is not answered', { ...commit, effect: hang('request') }],
  ['the commit is carried out and not answered', { ...commit, effect: hang('answer') }],
  ['the commit meets a 503 of HTML', { ...commit, effect: answer(googleErrors.unavailableHtml()) }],
  [
    'the commit meets a 500 after its work',
    { ...commit, effect: answer(googleErrors.internalError(), true) },
  ],
  [
    'the commit is asked to slow down',
    { ...commit, effect: answer(googleErrors.rateLimitExceeded()) },
  ],
  [
    'the commit fails inside of Google',
    { jobId: /^fieldmart_commit/, effect: fail(jobErrors.jobInternalError()) },
  ],
  [
    'the commit fails in its middle',
    { jobId: /^fieldmart_commit/, effect: { ...fail(jobErrors.internalError()), at: /^merge/ } },
  ],
  [
    'the commit is done and said to have failed',
    { jobId: /^fieldmart_commit/, effect: fail(jobErrors.backendError(), true) },
  ],
  ['the commit conflicts twice', { jobId: /^fieldmart_commit/, effect: fail(conflict), times: 2 }],
  ['the commit takes long', { jobId: /^fieldmart_commit/, effect: { kind: 'slowJob', polls: 3 } }],
  ['what became of jobs is not heard', { ...ask, effect: lose('answer'), times: 4 }],
  ['what became of jobs is cut', { ...ask, effect: { kind: 'truncate' }, times: 2 }],
  ['the typing is lost', { ...typed, effect: lose('request') }],
  ['the answer to the typing is lost', { ...typed, effect: lose('answer') }],
  [
    'the typing fails inside of Google',
    { jobId: /^fieldmart_stage/, effect: fail(jobErrors.jobBackendError()) },
  ],
  ['the upload’s beginning is lost', { ...begin, effect: lose('request') }],
  ['the answer to the upload’s beginning is lost', { ...begin, effect: lose('answer') }],
  [
    'the upload’s beginning meets a 503',
    { ...begin, effect: answer(googleErrors.unavailableHtml()) },
  ],
  ['a chunk is lost', { ...chunk, effect: lose('request') }],
  ['the answer to a chunk is lost', { ...chunk, effect: lose('answer') }],
  [
    'half of a chunk arrives',
    { ...chunk, skip: 1, effect: { kind: 'keepBytes', bytes: 262_144 / 2 } },
  ],
  ['nothing of a chunk arrives', { ...chunk, skip: 1, effect: { kind: 'keepBytes', bytes: 0 } }],
  ['a chunk is not answered', { ...chunk, effect: hang('answer') }],
  ['the answer to the last chunk is lost', { ...chunk, skip: 2, effect: lose('answer') }],
  ['a chunk meets a 503', { ...chunk, skip: 1, effect: answer(googleErrors.backendError()) }],
  ['the session of the upload is lost', { ...chunk, skip: 1, effect: { kind: 'forgetUpload' } }],
  [
    'the load fails inside of Google',
    { jobId: /^fieldmart_load/, effect: fail(jobErrors.jobInternalError()) },
  ],
  ['the load takes long', { jobId: /^fieldmart_load/, effect: { kind: 'slowJob', polls: 3 } }],
];

describe('a batch is stored once, and whole, when', () => {
  test.each(faults)('%s', async (_, fault) => {
    const lab = await open();
    const batch = await lab.seal(jobs, records, { minute: 10 });
    const handle = server.addFault(fault);
    await lab.commitBatches(jobs, [batch]);
    expect(handle.hits()).toBe(fault.times ?? 1);
    handle.remove();
    expect(
      await lab.rows('select count(*) as n, count(distinct id) as ids from st_raw.raw_jobs'),
    ).toEqual([{ n: 60, ids: 60 }]);
    expect(await lab.rows('select rows_inserted from st_ops.ledger')).toEqual([
      { rows_inserted: 60 },
    ]);
    expect(await lab.rows('select version from st_ops.cursors')).toEqual([{ version: 1 }]);
    expect((await lab.commitBatches(jobs, [batch])).loadIds).toEqual([]);
    expect(await lab.listStaging()).toEqual([]);
    await expectLedgerToMatch(lab);
    await lab.close();
  });
});

test.each([
  ['lost for ever', { ...commit, effect: lose('request'), times: 99 }, /BigQuery is out of reach/],
  [
    'refused for ever',
    { ...commit, effect: answer(googleErrors.backendError()), times: 99 },
    /BigQuery failed .*repeat the command/,
  ],
  [
    'in conflict for ever',
    { jobId: /^fieldmart_commit/, effect: fail(conflict), times: 99 },
    /other transactions keep changing/,
  ],
  [
    'without quota',
    { ...commit, effect: answer(googleErrors.quotaExceeded()), times: 99 },
    /a quota of project stand-in is used up/,
  ],
] satisfies [string, Fault, RegExp][])(
  'a commit that is %s leaves nothing, and the next run stores it',
  async (_, fault, message) => {
    const lab = await open();
    const batch = await lab.seal(jobs, [job(1, 1)]);
    const handle = server.addFault(fault);
    await expect(lab.commitBatches(jobs, [batch])).rejects.toThrow(message);
    handle.remove();
    expect(await lab.table(jobs, 'id')).toEqual([]);
    expect(await lab.rows('select version from st_ops.cursors')).toEqual([{ version: 0 }]);
    await lab.reopen();
    expect(await lab.commitBatches(jobs, [batch])).toMatchObject({ inserted: 1 });
    await lab.close();
  },
);
