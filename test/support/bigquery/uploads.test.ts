import { gzipSync } from 'node:zlib';
import { describe, expect, test } from '@jest/globals';
import type { JobResource } from './client.ts';
import { errorOf, openRig } from './rig.ts';

const unit = 262_144;
const fields = [
  { name: 'line', type: 'INT64', mode: 'REQUIRED' },
  { name: 'at', type: 'TIMESTAMP' },
  { name: 'amount', type: 'NUMERIC' },
  { name: 'payload', type: 'STRING' },
];

type Rig = Awaited<ReturnType<typeof openRig>>;

const describeLoad = (jobId: string, load: object = {}) => ({
  jobReference: { projectId: 'stand-in', jobId, location: 'US' },
  configuration: {
    labels: { step: 'stage' },
    load: {
      destinationTable: { projectId: 'stand-in', datasetId: 'd', tableId: 'staged' },
      schema: { fields },
      sourceFormat: 'NEWLINE_DELIMITED_JSON',
      writeDisposition: 'WRITE_TRUNCATE',
      ...load,
    },
  },
});

const uploadUrl = ({ bigquery }: Rig, type: string): string =>
  `${bigquery.url}/upload/bigquery/v2/projects/stand-in/jobs?uploadType=${type}`;

/** One request with job and file. */
const sendWhole = async (rig: Rig, job: object, file: string | Buffer) => {
  const head = '--b\r\nContent-Type: application/json\r\n\r\n';
  const middle = '\r\n--b\r\nContent-Type: application/octet-stream\r\n\r\n';
  const parts = [head, JSON.stringify(job), middle, file, '\r\n--b--\r\n'];
  const answer = await fetch(uploadUrl(rig, 'multipart'), {
    method: 'POST',
    headers: { authorization: 'Bearer any', 'content-type': 'multipart/related; boundary="b"' },
    body: Buffer.concat(parts.map((part) => Buffer.from(part))),
  });
  return { status: answer.status, body: (await answer.json()) as Record<string, unknown> };
};

/** Loads and waits. */
const load = async (rig: Rig, jobId: string, file: string | Buffer, more: object = {}) => {
  const { status, body } = await sendWhole(rig, describeLoad(jobId, more), file);
  expect({ status, error: body.error }).toEqual({ status: 200, error: undefined });
  return rig.look(jobId);
};

const messagesOf = ({ status }: JobResource): string[] =>
  (status.errors ?? []).map(({ message }) => message);

const count = ({ bigquery }: Rig) => bigquery.sql('select count(*) as n from d.staged');

describe('a load', () => {
  test('stores the file with exact decimals, instants and its own bytes', async () => {
    const rig = await openRig();
    const file =
      '{"line":1,"at":"2024-03-01T07:00:00.123456Z","amount":12345678901234567890.123456789,"payload":"{\\"a\\": 1.10}"}\n' +
      '\n{"LINE":"2","amount":"0.5","payload":null}\n';
    const job = await load(rig, 'one', file);
    expect(job).toMatchObject({
      status: { state: 'DONE' },
      configuration: { jobType: 'LOAD', labels: { step: 'stage' } },
      statistics: { load: { inputFiles: '1', outputRows: '2', badRecords: '0' } },
    });
    expect(await rig.rows('select * from d.staged order by line')).toEqual([
      ['1', '1709276400123456', '12345678901234567890.123456789', '{"a": 1.10}'],
      ['2', null, '0.5', null],
    ]);
  });

  test('reads gzip, and a file without a last line’s end', async () => {
    const rig = await openRig();
    await load(rig, 'one', gzipSync('{"line":1}\n{"line":2}'));
    expect(await count(rig)).toEqual([{ n: '2' }]);
  });

  test.each([
    ['{"line":2,"strange":1}', 'No such field: strange.'],
    ['{"line":"x"}', "Could not convert value 'x' to integer. Field: line; Value: x"],
    ['{"line":2,"at":"yesterday"}', "Could not convert value 'yesterday' to timestamp."],
    [
      '{"line":2,"at":"2024-03-01T07:00:00.1234567Z"}',
      "Could not convert value '2024-03-01T07:00:00.1234567Z' to timestamp. Field: at",
    ],
    ['{"line":2,"payload":{"a":1}}', 'JSON object specified for non-record field: payload.'],
    ['{"line":2,"payload":["a"]}', 'Array specified for non-repeated field: payload.'],
    ['{"payload":"a"}', 'Missing required field: line.'],
    ['{"line":2', 'Parser terminated before end of string'],
    ['[1]', 'Parser terminated before end of string'],
  ])('of a file with the row %s stores nothing of it', async (row, message) => {
    const rig = await openRig();
    await load(rig, 'before', '{"line":1}\n');
    const job = await load(rig, 'after', `{"line":1}\n${row}\n{"line":3}`);
    expect(job.status.errorResult).toEqual({
      reason: 'invalid',
      message:
        'Error while reading data, error message: JSON table encountered too many errors, giving up. Rows: 2; errors: 1. Please look into the errors[] collection for more details.',
    });
    expect(messagesOf(job).at(-1)).toContain(`in row starting at position 11: ${message}`);
    expect(await count(rig)).toEqual([{ n: '1' }]);
  });

  test('drops unknown fields only when it is told to', async () => {
    const rig = await openRig();
    await load(rig, 'one', '{"line":1,"strange":1}', { ignoreUnknownValues: true });
    expect(await count(rig)).toEqual([{ n: '1' }]);
  });

  test('appends, replaces, or wants an empty table', async () => {
    const rig = await openRig();
    await load(rig, 'a', '{"line":1}', { writeDisposition: 'WRITE_EMPTY' });
    await load(rig, 'b', '{"line":2}', { writeDisposition: 'WRITE_APPEND' });
    expect(await count(rig)).toEqual([{ n: '2' }]);
    const full = await load(rig, 'c', '{"line":3}', { writeDisposition: 'WRITE_EMPTY' });
    expect(full.status.errorResult).toEqual({
      ...{ reason: 'duplicate', message: 'Already Exists: Table stand-in:d.staged' },
    });
    await load(rig, 'd', '{"line":4}');
    expect(await rig.rows('select line from d.staged')).toEqual([['4']]);
    const schema = { fields: [{ name: 'line', type: 'STRING' }] };
    const other = await load(rig, 'e', '{"line":"x"}', {
      writeDisposition: 'WRITE_APPEND',
      schema,
    });
    expect(other.status.errorResult).toMatchObject({
      reason: 'invalid',
      message:
        'Provided Schema does not match Table stand-in:d.staged. Field line has changed type from INTEGER to STRING',
    });
  });

  test('creates its table with an expiration, or wants one that is there', async () => {
    const rig = await openRig();
    const missing = await load(rig, 'a', '{"line":1}', { createDisposition: 'CREATE_NEVER' });
    expect(missing.status.errorResult).toMatchObject({ reason: 'notFound' });
    const nowhere = { destinationTable: { projectId: 'stand-in', datasetId: 'x', tableId: 't' } };
    const lost = await load(rig, 'b', '{"line":1}', nowhere);
    expect(lost.status.errorResult).toEqual({
      ...{ reason: 'notFound', message: 'Not found: Dataset stand-in:x' },
    });
    await load(rig, 'c', '{"line":1}', {
      timePartitioning: { type: 'DAY', field: 'at' },
      destinationTableProperties: { expirationTime: '4102444800000' },
    });
    const { body } = await rig.call('GET', '/datasets/d/tables/staged');
    expect(body).toMatchObject({
      expirationTime: '4102444800000',
      timePartitioning: { field: 'at' },
    });
  });

  test.each([
    [{ sourceFormat: 'CSV' }, 'loads of CSV'],
    [{ autodetect: true }, 'autodetect'],
    [{ maxBadRecords: 1 }, 'maxBadRecords'],
    [{ schema: { fields: [{ name: 'a', type: 'STRING', mode: 'REPEATED' }] } }, 'repeated fields'],
  ])('with %j is refused loudly', async (more, message) => {
    const rig = await openRig();
    const job = await load(rig, 'a', '{"line":1}', more);
    expect(job.status.errorResult?.message).toContain(message);
  });

  test('that is interrupted stores nothing', async () => {
    const rig = await openRig();
    const error = { reason: 'backendError', message: 'try again' };
    rig.bigquery.addFault({ jobId: /^a$/, effect: { kind: 'failJob', error } });
    const job = await load(rig, 'a', '{"line":1}');
    expect(job.status).toMatchObject({ state: 'DONE', errorResult: error });
    expect((await rig.call('GET', '/datasets/d/tables/staged')).status).toBe(404);
  });
});

const begin = async (rig: Rig, job: object, total?: number): Promise<Response> =>
  fetch(uploadUrl(rig, 'resumable'), {
    method: 'POST',
    headers: {
      authorization: 'Bearer any',
      'content-type': 'application/json',
      ...(total === undefined ? {} : { 'x-upload-content-length': String(total) }),
    },
    body: JSON.stringify(job),
  });

const put = (session: string, range: string | undefined, bytes: Buffer): Promise<Response> =>
  fetch(session, {
    method: 'PUT',
    headers: range === undefined ? {} : { 'content-range': range },
    body: bytes,
  });

/** A file of a known size. */
const makeFile = (size: number): Buffer => {
  const start = '{"line":1,"payload":"';
  return Buffer.from(`${start}${'x'.repeat(size - start.length - 2)}"}`);
};

describe('a resumable upload', () => {
  const setUp = async (jobId = 'up') => {
    const rig = await openRig();
    const answer = await begin(rig, describeLoad(jobId));
    return { ...rig, rig, session: answer.headers.get('location') ?? '' };
  };

  test('takes chunks of 256 KiB, tells how far it is, and makes the job at the end', async () => {
    const { session, look, bigquery } = await setUp();
    const file = makeFile(2 * unit + 5);
    const first = await put(session, `bytes 0-${unit - 1}/*`, file.subarray(0, unit));
    expect([first.status, first.headers.get('range')]).toEqual([308, `bytes=0-${unit - 1}`]);
    const asked = await put(session, 'bytes */*', Buffer.alloc(0));
    expect([asked.status, asked.headers.get('range')]).toEqual([308, `bytes=0-${unit - 1}`]);
    const rest = await put(
      session,
      `bytes ${unit}-${file.length - 1}/${file.length}`,
      file.subarray(unit),
    );
    expect(rest.status).toBe(200);
    expect(await rest.json()).toMatchObject({ jobReference: { jobId: 'up' } });
    expect((await look('up')).statistics.load).toMatchObject({
      inputFileBytes: String(file.length),
    });
    expect(bigquery.requests().find(({ method }) => method === 'PUT')).toMatchObject({
      ...{ jobId: 'up', bytes: unit, status: 308, labels: { step: 'stage' } },
    });
  });

  test('knows nothing before the first chunk, and takes a whole file at once', async () => {
    const { session, look } = await setUp();
    const asked = await put(session, 'bytes */11', Buffer.alloc(0));
    expect([asked.status, asked.headers.get('range')]).toEqual([308, null]);
    expect((await put(session, undefined, Buffer.from('{"line":1}\n'))).status).toBe(200);
    expect((await look('up')).status).toEqual({ state: 'DONE' });
  });

  test('refuses chunks of other sizes, with a gap, or of another file', async () => {
    const { session, rig } = await setUp();
    const odd = await put(session, 'bytes 0-99/*', Buffer.alloc(100));
    expect([odd.status, await odd.text()]).toEqual([400, expect.stringContaining('262144')]);
    expect(
      (await put(session, `bytes ${unit}-${unit + 9}/${unit + 10}`, Buffer.alloc(10))).status,
    ).toBe(400);
    expect((await put(session, 'bytes 0-9/10', Buffer.alloc(5))).status).toBe(400);
    expect((await put(session, 'strange', Buffer.alloc(5))).status).toBe(400);
    const sized = await begin(rig, describeLoad('sized'), 20);
    const other = await put(sized.headers.get('location') ?? '', 'bytes 0-9/10', Buffer.alloc(10));
    expect(other.status).toBe(400);
  });

  test('goes on after a chunk that arrived in part', async () => {
    const { session, bigquery, look } = await setUp();
    const file = makeFile(3 * unit);
    bigquery.addFault({ method: 'PUT', effect: { kind: 'keepBytes', bytes: unit } });
    const range = `bytes 0-${2 * unit - 1}/*`;
    await expect(put(session, range, file.subarray(0, 2 * unit))).rejects.toThrow();
    const asked = await put(session, `bytes */${file.length}`, Buffer.alloc(0));
    expect(asked.headers.get('range')).toBe(`bytes=0-${unit - 1}`);
    // What was sent before may be sent again.
    expect((await put(session, `bytes 0-${file.length - 1}/${file.length}`, file)).status).toBe(
      200,
    );
    expect((await look('up')).statistics.load).toMatchObject({ outputRows: '1' });
  });

  test('whose last answer was lost has made the job, and says so when it is asked', async () => {
    const { session, bigquery, look } = await setUp();
    const file = Buffer.from('{"line":1}\n');
    bigquery.addFault({ method: 'PUT', effect: { kind: 'lose', what: 'answer' } });
    await expect(put(session, `bytes 0-${file.length - 1}/${file.length}`, file)).rejects.toThrow();
    const asked = await put(session, `bytes */${file.length}`, Buffer.alloc(0));
    expect(asked.status).toBe(200);
    expect(await asked.json()).toMatchObject({ jobReference: { jobId: 'up' } });
    expect((await look('up')).status).toEqual({ state: 'DONE' });
  });

  test('is gone when its session is', async () => {
    const { session, bigquery } = await setUp();
    bigquery.addFault({ method: 'PUT', effect: { kind: 'forgetUpload' } });
    expect((await put(session, 'bytes */*', Buffer.alloc(0))).status).toBe(404);
    expect((await put(session, 'bytes */*', Buffer.alloc(0))).status).toBe(404);
  });

  test('under an id that was used is refused at its end, or at its beginning', async () => {
    const late = await setUp();
    await load(late.rig, 'up', '{"line":1}');
    const ended = await put(late.session, undefined, Buffer.from('{"line":2}\n'));
    expect(ended.status).toBe(409);
    expect(errorOf((await ended.json()) as Record<string, unknown>)).toMatchObject({
      reason: 'duplicate',
    });
    expect(await late.rows('select line from d.staged')).toEqual([['1']]);
    const early = await openRig({ checksUploadsEarly: true });
    await load(early, 'up', '{"line":1}');
    expect((await begin(early, describeLoad('up'))).status).toBe(409);
  });

  test('needs credentials and a load job', async () => {
    const rig = await openRig();
    expect((await fetch(uploadUrl(rig, 'resumable'), { method: 'POST' })).status).toBe(401);
    const query = { configuration: { query: { query: 'select 1', useLegacySql: false } } };
    expect((await sendWhole(rig, query, '')).status).toBe(400);
    expect((await rig.call('POST', uploadUrl(rig, 'media'), {})).status).toBe(501);
  });
});
