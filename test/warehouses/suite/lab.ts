import { createHash } from 'node:crypto';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect } from '@jest/globals';
import type { Batch, Entity } from '../../../src/model.ts';
import type { RawType } from '../../../src/warehouses/raw-table.ts';
import type { Row, Warehouse } from '../../../src/warehouses/warehouse.ts';
import { instant, jobs, pay } from './entities.ts';
import { makeTempDir } from '../../support/temp-dir.ts';

/** Where one warehouse is: it can be opened there more than once. */
export type Place = {
  open: (now: () => Date) => Promise<Warehouse>;
  /** Names of what staging left there. */
  listStaging: (warehouse: Warehouse) => Promise<string[]>;
  /** What a table and its columns are told to hold; '' where they are told nothing. */
  readTexts: (
    warehouse: Warehouse,
    table: string,
  ) => Promise<{ description: string; columns: Record<string, string> }>;
};

/** A kind of warehouse to run the suite on. */
export type Rig = {
  name: string;
  /** Its names of types, as drift and rejects say them. */
  types: Readonly<Record<RawType, string>>;
  /** How much of the long tests it bears: 1 for all. */
  share: number;
  /** A new, empty place; `prefix` is put before each dataset. */
  openPlace: (prefix?: string) => Promise<Place>;
};

export type BatchOptions = Partial<Batch> & { minute?: number };

/** Tests of one warehouse: writes batches, loads them, reads tables. */
export const openLab = async (place: Place) => {
  const directory = await makeTempDir();
  let clock = Date.UTC(2024, 5, 1);
  const open = (): Promise<Warehouse> => place.open(() => new Date((clock += 1000)));
  let warehouse = await open();
  await warehouse.prepare([jobs, pay]);
  const versions = new Map<string, number>();
  let files = 0;

  /** A batch of `records` (objects, or texts as they stand), sealed; one page unless told. */
  const seal = async (
    entity: Entity,
    records: readonly unknown[],
    { minute = 0, ...given }: BatchOptions = {},
  ): Promise<Batch> => {
    const stream = given.stream ?? 'sync';
    const lines = records.map((record) =>
      typeof record === 'string' ? record : JSON.stringify(record),
    );
    const text = lines.map((line) => `${line}\n`).join('');
    const file = given.file ?? join(directory, `batch-${String((files += 1))}.ndjson`);
    await writeFile(file, text);
    const tenantId = given.tenantId ?? '77';
    const name = JSON.stringify([tenantId, entity.name, stream]);
    const version = given.version ?? versions.get(name) ?? 0;
    versions.set(name, version + 1);
    await warehouse.planStreams([{ tenantId, entity: entity.name, stream, cursor: null }]);
    const sha256 = createHash('sha256').update(text).digest('hex');
    return {
      loadId: createHash('sha256')
        .update(`${tenantId}${entity.name}${stream}${version}${sha256}`)
        .digest('hex'),
      tenantId,
      entity: entity.name,
      stream,
      version,
      cursorFrom: null,
      cursorTo: { next: version + 1 },
      done: false,
      file,
      rows: records.length,
      bytes: Buffer.byteLength(text),
      sha256,
      pages: [{ rows: records.length, extractedAt: instant(minute) }],
      scope: null,
      ...given,
    };
  };

  const commitBatches = async (entity: Entity, batches: readonly Batch[]) => {
    const staged = await warehouse.stage(entity, batches);
    try {
      return await warehouse.commit(staged, 'run-1');
    } finally {
      await warehouse.dropStaged(staged);
    }
  };

  const load = async (entity: Entity, records: readonly unknown[], given: BatchOptions = {}) =>
    commitBatches(entity, [await seal(entity, records, given)]);

  /** The named columns of the entity's table, as rows of values, by key and payload. */
  const table = async (entity: Entity, columns: string): Promise<unknown[][]> => {
    const key = entity.key.kind === 'id' ? 'id' : '_key';
    const rows = await warehouse.query(
      `select ${columns} from st_raw.${entity.table} order by tenant_id, ${key}, payload`,
    );
    return rows.map((row) => Object.values(row));
  };

  const rows = (sql: string): Promise<Row[]> => warehouse.query(sql);

  /** The named columns of a table's rows; what may be a word of the language cannot be named in the SQL of both. */
  const pick = async (sql: string, ...columns: string[]): Promise<Row[]> =>
    (await warehouse.query(sql)).map((row) =>
      Object.fromEntries(columns.map((column) => [column, row[column] ?? null])),
    );

  const reopen = async (): Promise<void> => {
    await warehouse.close();
    warehouse = await open();
  };

  return {
    directory,
    warehouse: () => warehouse,
    open,
    reopen,
    seal,
    load,
    commitBatches,
    table,
    rows,
    pick,
    listStaging: () => place.listStaging(warehouse),
    readTexts: (name: string) => place.readTexts(warehouse, name),
    close: () => warehouse.close(),
  };
};

export type Lab = Awaited<ReturnType<typeof openLab>>;

/** Every entity's table has as many rows as the ledger says were inserted. */
export const expectLedgerToMatch = async (lab: Pick<Lab, 'rows'>): Promise<void> => {
  for (const entity of [jobs, pay]) {
    const [row] = await lab.rows(
      `select (select coalesce(sum(rows_inserted), 0) from st_ops.ledger where entity = '${entity.name}') as ledger, ` +
        `(select count(*) from st_raw.${entity.table}) as stored`,
    );
    expect(row?.ledger).toBe(row?.stored);
  }
};
