import { expect, test } from '@jest/globals';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { duckdbRowGroupRows } from '../../../src/limits.ts';
import type { Batch } from '../../../src/model.ts';
import { openExtraction } from '../../../src/warehouses/duckdb/columns/open-extraction.ts';
import { commit } from '../../../src/warehouses/duckdb/commit.ts';
import { planStreams } from '../../../src/warehouses/duckdb/controls.ts';
import { openSession, type Session } from '../../../src/warehouses/duckdb/open-session.ts';
import { prepare } from '../../../src/warehouses/duckdb/prepare.ts';
import { stage } from '../../../src/warehouses/duckdb/stage.ts';
import { instant, jobs } from './fixtures.ts';
import { makeTempDir } from '../../support/temp-dir.ts';

const at = instant(0);

/** The session, and the texts that are run through it. */
const counting = (session: Session): { session: Session; texts: string[] } => {
  const texts: string[] = [];
  return {
    texts,
    session: {
      ...session,
      run: (sql, parameters) => {
        texts.push(sql);
        return session.run(sql, parameters);
      },
      readRows: (sql, parameters) => {
        texts.push(sql);
        return session.readRows(sql, parameters);
      },
    },
  };
};

const seal = async (
  directory: string,
  index: number,
  records: unknown[],
  scope: Batch['scope'],
): Promise<Batch> => {
  const text = records.map((record) => `${JSON.stringify(record)}\n`).join('');
  const file = join(directory, `${index}.ndjson`);
  await writeFile(file, text);
  return {
    loadId: `load ${index}`,
    tenantId: '77',
    entity: jobs.name,
    stream: `window ${index}`,
    version: 0,
    cursorFrom: null,
    cursorTo: { done: true },
    done: true,
    file,
    rows: records.length,
    bytes: Buffer.byteLength(text),
    sha256: '',
    pages: [{ rows: records.length, extractedAt: at }],
    scope,
  };
};

/** Statements of staging and committing so many windows at once; in each stands a total like this. */
const readStatements = async (
  windows: number,
  total: unknown,
  scope: Batch['scope'] = null,
): Promise<string[]> => {
  const directory = await makeTempDir();
  const opened = await openSession({
    path: ':memory:',
    rowGroupRows: duckdbRowGroupRows,
    datasetPrefix: '',
    memoryMbMax: 256,
  });
  await prepare(opened, { place: 'memory', prefix: '', entities: [jobs], at });
  const batches = await Promise.all(
    Array.from({ length: windows }, (_, index) =>
      seal(directory, index, [{ id: index * 2 + 1, total }, { id: index * 2 + 2 }], scope),
    ),
  );
  const streams = batches.map(({ tenantId, entity, stream }) => ({ tenantId, entity, stream }));
  await planStreams(
    opened,
    streams.map((stream) => ({ ...stream, cursor: null })),
    at,
  );
  const { session, texts } = counting(opened);
  const staged = await stage(session, openExtraction(), 'stage_1', jobs, batches);
  const { inserted } = await commit(session, staged, { at, runId: 'run' });
  expect(inserted).toBe(windows * 2);
  opened.close();
  return texts;
};

test('a group of many windows takes no more statements than a group of two, and one reader for all of its files', async () => {
  const few = (await readStatements(2, 10.5)).length;
  const many = await readStatements(40, 10.5);
  expect(many).toHaveLength(few);
  expect(few).toBeLessThanOrEqual(7);
  // The file of columns is opened where it is staged, and where its rows are inserted.
  expect(many.filter((text) => text.includes('read_parquet'))).toHaveLength(1);
  expect(many.filter((text) => text.includes('stage_1_records'))).toHaveLength(2);
  expect(many.filter((text) => text.includes('read_csv'))).toEqual([]);
});

test('nor does one with records that are left to the SQL', async () => {
  const few = (await readStatements(2, '1e2')).length;
  const many = await readStatements(40, '1e2');
  expect(many).toHaveLength(few);
  expect(few).toBeLessThanOrEqual(16);
  // One is what the commit reads the payloads through.
  expect(many.filter((text) => text.includes('read_csv'))).toHaveLength(2);
});

test('complete sets that lack nothing take one statement more, however many they are', async () => {
  const window = { from: instant(0), to: instant(9) };
  const scope = { kind: 'range' as const, column: 'createdOn', window };
  const without = (await readStatements(2, 10.5)).length;
  expect(await readStatements(40, 10.5, scope)).toHaveLength(without + 1);
});
