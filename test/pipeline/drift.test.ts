import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from '@jest/globals';
import { backfill } from '../../src/pipeline/backfill.ts';
import { entities as contracts } from '../../src/sources/servicetitan/entities/index.ts';
import { openServiceTitan, servicetitanEntities } from '../../src/sources/servicetitan/index.ts';
import { openDuckdb } from '../../src/warehouses/duckdb/open-duckdb.ts';
import { startFixtureServer } from '../support/fixture-server.ts';
import { makeTempDir } from '../support/temp-dir.ts';
import { smallWork } from '../support/small-work.ts';

const quiet = () => undefined;
const now = '2024-03-20T00:00:00.000Z';

test('a source that changed under us: every record is stored whole, and what changed is written down', async () => {
  const jobs = servicetitanEntities.filter(({ name }) => name === 'jobs');
  const [contract] = contracts.filter(({ name }) => name === 'jobs');
  const [sample] = JSON.parse(
    await readFile('test/fixtures/servicetitan/jobs.json', 'utf8'),
  ) as Record<string, unknown>[];
  // The fixture has a field of its own invention and one of the export; a third is what vanishes.
  const without = ['inventedExtra', 'active', 'summaryOfWork'];
  const known = Object.fromEntries(
    Object.entries(sample ?? {}).filter(([field]) => !without.includes(field)),
  );
  const records = Array.from({ length: 30 }, (_, index) => ({
    ...known,
    id: index + 1,
    ...(index < 7 ? { newField: { any: [1] } } : {}),
    ...(index < 5 ? { jobStatus: 3 } : {}),
    ...(index === 9 ? { total: '12.5 USD', modifiedOn: null } : {}),
  }));
  const texts = records.map((record) => JSON.stringify(record));
  const path = (contract?.list?.path ?? '').replace('{tenant}', '1');
  const feed = (contract?.export?.path ?? '').replace('{tenant}', '1');
  const server = await startFixtureServer([
    { path, envelope: 'list', records: `[${texts.join(',')}]` },
    { path: feed, envelope: 'export', records: '[]' },
  ]);
  const dir = await makeTempDir();
  const warehouse = await openDuckdb({
    ...{ path: join(dir, 'drift.duckdb'), datasetPrefix: '', now: () => new Date(now) },
    ...smallWork,
  });
  await warehouse.prepare(jobs);
  const source = openServiceTitan({
    ...{ baseUrl: server.url, authUrl: `${server.url}/connect/token`, tenantId: '1' },
    ...{ clientId: 'cid', clientSecret: 'secret', appKey: 'key', requestsPerSecond: 1000 },
  });
  const from = '2024-03-01T07:00:00.000Z';
  const range = { from, to: now, now, timeZone: 'America/Phoenix', force: false };
  const { outcomes } = await backfill(jobs, range, {
    ...{ source, warehouse, spoolDir: join(dir, 'spool'), batchBytesMax: 1_000_000, runId: 'run' },
    log: { error: quiet, warn: quiet, info: quiet, debug: quiet },
    signal: new AbortController().signal,
    ...{ onProgress: quiet, onCommitted: () => Promise.resolve(), clock: () => new Date(now) },
    ...{ streamsInFlight: 4, readsInFlight: 2 },
  });
  expect(outcomes.map(({ outcome }) => outcome)).toEqual(['ok']);
  const rows = await warehouse.query(
    'select payload, jobStatus, summaryOfWork from st_raw.raw_jobs order by id',
  );
  expect(rows.map(({ payload }) => payload)).toEqual(texts);
  expect(rows[0]).toMatchObject({ jobStatus: '3', summaryOfWork: null });
  const drift = await warehouse.query(
    'select field, kind, count as n from st_ops.drift order by field, kind',
  );
  expect(drift).toEqual([
    { field: 'jobStatus', kind: 'is a number', n: 5 },
    { field: 'modifiedOn', kind: 'is null', n: 1 },
    { field: 'newField', kind: 'appeared', n: 7 },
    { field: 'summaryOfWork', kind: 'vanished', n: 30 },
    { field: 'total', kind: 'does not fit DECIMAL(38,9)', n: 1 },
    { field: 'total', kind: 'is a string', n: 1 },
  ]);
  await source.close();
  await warehouse.close();
  await server.close();
});
