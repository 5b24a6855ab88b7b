import { describe, expect, test } from '@jest/globals';
import { WarehouseError } from '../../../src/errors.ts';
import {
  describeRefusal,
  explainFailure,
} from '../../../src/warehouses/bigquery/explain-failure.ts';
import {
  BigqueryFailure,
  isConflict,
  mayPass,
  mayPassAnew,
  readFailure,
} from '../../../src/warehouses/bigquery/failure.ts';

const where = { action: 'commit jobs', project: 'acme-data', location: 'US', capBytes: 1_000_000 };

const failure = (reason: string, message: string, status: number | null = 400) =>
  new BigqueryFailure(message, { status, reason });

describe('one clear line for', () => {
  test.each([
    [
      'credentials',
      'Could not load the default credentials.',
      /^Cannot commit jobs: Google accepts no credentials; run `gcloud auth application-default login`/,
    ],
    [
      'accessDenied',
      'Access Denied: Project acme-data: User does not have bigquery.jobs.create permission in project acme-data.',
      /permission bigquery\.jobs\.create is missing; grant roles\/bigquery\.jobUser on the project$/,
    ],
    [
      'accessDenied',
      'Access Denied: Table acme-data:st_raw.raw_jobs: Permission bigquery.tables.updateData denied on table acme-data:st_raw.raw_jobs (or it may not exist).',
      /permission bigquery\.tables\.updateData is missing; grant roles\/bigquery\.dataEditor on fieldmart's datasets$/,
    ],
    [
      'accessDenied',
      'Access Denied: Project acme-data: User does not have bigquery.datasets.create permission in project acme-data.',
      /permission bigquery\.datasets\.create is missing; grant roles\/bigquery\.user on the project/,
    ],
    [
      'accessNotConfigured',
      'BigQuery API has not been used in project 12345 before or it is disabled.',
      /the BigQuery API is not enabled in project acme-data; enable it/,
    ],
    [
      'billingNotEnabled',
      'Billing has not been enabled for this project.',
      /project acme-data has no billing account/,
    ],
    [
      'bytesBilledLimitExceeded',
      'Query exceeded limit for bytes billed: 1000000. 10485760 or higher required.',
      /it would be billed 10485760 bytes and the cap is 1000000; raise BIGQUERY_MAX_BYTES_BILLED/,
    ],
    [
      'quotaExceeded',
      'Quota exceeded: Your project exceeded quota for free query bytes scanned.',
      /a quota of project acme-data is used up \(Quota exceeded: [^)]*\); wait until it is renewed/,
    ],
    ['rateLimitExceeded', 'Exceeded rate limits: too many', /asks to slow down/],
    [
      'notFound',
      'Not found: Project acme-data',
      /Google knows no project acme-data, or not for these credentials; set BIGQUERY_PROJECT$/,
    ],
    [
      'notFound',
      'Not found: Table acme-data:st_raw.raw_jobs was not found in location US',
      /Table acme-data:st_raw\.raw_jobs is not there in US; repeat the command/,
    ],
    [
      'invalidQuery',
      'Query error: Transaction is aborted due to concurrent update against table a:b.c. Transaction ID: 1 at [1:1]',
      /other transactions keep changing the same tables/,
    ],
    [
      'backendError',
      'Error encountered during execution.',
      /BigQuery failed .*; repeat the command in a while/,
    ],
    ['unreachable', 'connect ECONNREFUSED', /BigQuery is out of reach \(connect ECONNREFUSED\)/],
  ])('%s: %s', (reason, message, expected) => {
    const error = explainFailure(failure(reason, message), where);
    expect(error).toBeInstanceOf(WarehouseError);
    expect(error?.message).toMatch(expected);
    expect(error?.message).not.toContain('\n');
  });

  test('our own SQL that is wrong there is none: it is a bug', () => {
    expect(explainFailure(failure('invalidQuery', 'Unrecognized name: nope at [1:8]'), where)).toBe(
      undefined,
    );
  });
});

test.each([
  ['Bad int64 value: Iris Quill; error in cast', 'Bad int64 value: …; error in cast'],
  ['Invalid NUMERIC value: 12 Main St at [3:4]', 'Invalid NUMERIC value: … at [3:4]'],
  ['Invalid datetime string "Iris Quill"', 'Invalid datetime string …'],
  ['Unrecognized name: nope at [1:8]', 'Unrecognized name: nope at [1:8]'],
])('values that Google quotes are left out: %s', (message, described) => {
  expect(describeRefusal(failure('invalidQuery', message))).toBe(described);
});

const google = (status: number, reason: string, message = 'words') => ({
  code: status,
  errors: [{ reason, message }],
});

const thrown = (message: string, more: object): Error => Object.assign(new Error(message), more);

describe('a failure is read from', () => {
  test.each([
    ['the client’s error', thrown('words', google(404, 'notFound')), 404, 'notFound'],
    [
      'an answer’s body',
      thrown('status 403', {
        response: { data: JSON.stringify({ error: { ...google(403, 'quotaExceeded') } }) },
      }),
      403,
      'quotaExceeded',
    ],
    ['a refused token', thrown('words', google(401, 'authError')), 401, 'credentials'],
    ['a page of HTML', thrown('<html>busy', { code: 503 }), 503, 'backendError'],
    ['a dead connection', thrown('socket hang up', { code: 'ECONNRESET' }), null, 'unreachable'],
    ['a hidden cause', thrown('x', { cause: { code: 'ECONNREFUSED' } }), null, 'unreachable'],
    [
      'credentials that are not there',
      new Error('Could not load the default credentials. Browse'),
      null,
      'credentials',
    ],
    ['a body that is cut', new SyntaxError('Unexpected end of JSON input'), null, 'unreachable'],
  ])('%s', (_, error, status, reason) => {
    expect(readFailure(error)?.facts).toEqual({ status, reason });
  });

  test('nothing else: that is a bug', () => {
    expect(readFailure(new TypeError('x is not a function'))).toBeUndefined();
    expect(readFailure('text')).toBeUndefined();
  });
});

test.each([
  ['backendError', 503, true],
  ['rateLimitExceeded', 403, true],
  ['unreachable', null, true],
  ['timeout', null, true],
  ['refused', 429, true],
  ['quotaExceeded', 403, false],
  ['accessDenied', 403, false],
  ['invalid', 400, false],
  ['credentials', 401, false],
])('whether %s (%s) may pass: %s', (reason, status, expected) => {
  expect(mayPass(failure(reason, 'words', status))).toBe(expected);
});

test('a conflict, or a job that failed inside of Google, is tried under a new id', () => {
  const conflict = failure(
    'invalidQuery',
    'Could not serialize access to table a:b.c due to concurrent update',
  );
  expect(isConflict(conflict)).toBe(true);
  expect(mayPassAnew(conflict)).toBe(true);
  expect(mayPassAnew(failure('jobInternalError', 'words', null))).toBe(true);
  expect(mayPassAnew(failure('invalidQuery', 'Syntax error', null))).toBe(false);
});
