import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { isDeepStrictEqual } from 'node:util';
import { expect } from '@jest/globals';
import { duckdbRowGroupRows } from '../../../../src/limits.ts';
import type { Batch, Entity } from '../../../../src/model.ts';
import { openExtraction } from '../../../../src/warehouses/duckdb/columns/open-extraction.ts';
import { openSession, type Session } from '../../../../src/warehouses/duckdb/open-session.ts';
import { prepare } from '../../../../src/warehouses/duckdb/prepare.ts';
import { recordsView } from '../../../../src/warehouses/duckdb/records-view.ts';
import { stage } from '../../../../src/warehouses/duckdb/stage.ts';
import { rawColumns } from '../../../../src/warehouses/raw-table.ts';
import { quoteName } from '../../../../src/warehouses/sql-text.ts';
import { instant } from '../fixtures.ts';
import { makeTempDir } from '../../../support/temp-dir.ts';

/** A batch of these lines, in a folder of its own: three pages, one of them empty. */
export const sealLines = async (entity: Entity, lines: readonly string[]): Promise<Batch> => {
  const file = join(await makeTempDir(), 'records.ndjson');
  const text = lines.map((line) => `${line}\n`).join('');
  await writeFile(file, text);
  const half = Math.floor(lines.length / 2);
  return {
    ...{ loadId: 'a'.repeat(32), tenantId: '77', entity: entity.name, stream: 'sync', version: 0 },
    ...{ cursorFrom: null, cursorTo: null, done: true, sha256: '', scope: null, file },
    rows: lines.length,
    bytes: Buffer.byteLength(text),
    pages: [
      { rows: half, extractedAt: instant(0) },
      { rows: 0, extractedAt: instant(1) },
      { rows: lines.length - half, extractedAt: instant(2) },
    ],
  };
};

export const openMemory = (): Promise<Session> =>
  openSession({
    path: ':memory:',
    rowGroupRows: duckdbRowGroupRows,
    datasetPrefix: '',
    memoryMbMax: 512,
  });

const open = async (entity: Entity): Promise<Session> => {
  const session = await openMemory();
  const options = { place: 'memory', prefix: '', entities: [entity], at: instant(0) };
  await prepare(session, options);
  return session;
};

/** The staged rows as texts, with their types. */
const readStaged = async (session: Session, entity: Entity, table: string) => {
  const columns = [...rawColumns(entity).map(({ name }) => name), '_line', '_use'].map(quoteName);
  return session.readRows(
    `select ${columns.map((name) => `${name}::varchar as ${name}, typeof(${name}) as ${name.slice(0, -1)}_type"`).join(', ')}
    from ${recordsView(table)} order by _line::bigint`,
  );
};

/** Stages batches of lines with and without the SQL, and holds both against each other. */
export const compare = async (entity: Entity, ...parts: readonly string[][]): Promise<void> => {
  const session = await open(entity);
  const batches = await Promise.all(
    parts.map(async (lines, part) => ({
      ...(await sealLines(entity, lines)),
      loadId: String(part).repeat(32),
    })),
  );
  const bySql = { ...openExtraction(), extract: () => Promise.resolve(null) };
  const plain = await stage(session, openExtraction(), 'stage_1', entity, batches);
  const general = await stage(session, bySql, 'stage_2', entity, batches);
  expect(
    await session.readRows("select view_name as v from duckdb_views() where view_name = 'stage_1'"),
  ).toEqual([{ v: 'stage_1' }]);
  expect(
    await session.readRows(
      "select table_name as t from duckdb_tables() where table_name like 'stage_%_rows'",
    ),
  ).toEqual([{ t: 'stage_2_rows' }]);
  const rows = await readStaged(session, entity, plain.table);
  const wanted = await readStaged(session, entity, general.table);
  expect(rows).toHaveLength(parts.flat().length);
  expect(wanted).toHaveLength(rows.length);
  // One expectation for each of thousands of rows would take most of the time.
  const differs = rows.findIndex((row, index) => !isDeepStrictEqual(row, wanted[index]));
  expect(rows[differs]).toEqual(wanted[differs]);
  session.close();
};
