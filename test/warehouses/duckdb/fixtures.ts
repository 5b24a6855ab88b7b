import { createHash } from 'node:crypto';
import { mkdtemp, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Batch, Column, Entity, FieldType } from '../../../src/model.ts';
import { openDuckdb } from '../../../src/warehouses/duckdb/open-duckdb.ts';
import type { Row, Warehouse } from '../../../src/warehouses/warehouse.ts';

export const makeDirectory = (): Promise<string> => mkdtemp(join(tmpdir(), 'fieldmart-'));

export const toColumns = (fields: Record<string, Exclude<FieldType, 'json'>>): Column[] =>
  Object.entries(fields).map(([field, type]) => ({
    name: field.replace(/\.(.)/g, (_, letter: string) => letter.toUpperCase()),
    path: field.split('.'),
    type,
  }));

const entityDefaults = {
  createdColumn: 'createdOn',
  modifiedColumn: 'modifiedOn',
  backfill: 'window',
  windows: { calendar: false, replaces: false },
  feed: { completes: false, fromStart: false },
  sync: 'feed',
} as const;

export const jobs: Entity = {
  ...entityDefaults,
  name: 'jobs',
  table: 'raw_jobs',
  key: { kind: 'id' },
  columns: toColumns({
    id: 'int64',
    jobNumber: 'string',
    'customer.id': 'int64',
    'customer.name': 'string',
    total: 'decimal',
    balance: 'decimalText',
    latitude: 'float64',
    active: 'bool',
    order: 'string',
    createdOn: 'timestamp',
    modifiedOn: 'timestamp',
  }),
};

export const pay: Entity = {
  ...entityDefaults,
  name: 'pay',
  table: 'raw_pay',
  key: { kind: 'idOrFields', fields: ['payrollId', 'employeeType', 'amount'] },
  columns: toColumns({
    id: 'int64',
    payrollId: 'int64',
    employeeType: 'string',
    date: 'timestamp',
    amount: 'decimal',
    modifiedOn: 'timestamp',
  }),
};

export const instant = (minute: number): string =>
  new Date(Date.UTC(2024, 2, 1, 0, minute)).toISOString();

export type BatchOptions = Partial<Batch> & { minute?: number };

/** Tests of one warehouse file: writes batches, loads them, reads tables. */
export const openLab = async (options: { prefix?: string; path?: string } = {}) => {
  const directory = await makeDirectory();
  const path = options.path ?? join(directory, 'lab', 'test.duckdb');
  let clock = Date.UTC(2024, 5, 1);
  const open = (): Promise<Warehouse> =>
    openDuckdb({
      path,
      datasetPrefix: options.prefix ?? '',
      now: () => new Date((clock += 1000)),
    });
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

  const reopen = async (): Promise<void> => {
    await warehouse.close();
    warehouse = await open();
  };

  return {
    directory,
    path,
    warehouse: () => warehouse,
    open,
    reopen,
    seal,
    load,
    commitBatches,
    table,
    rows,
    close: () => warehouse.close(),
  };
};

export type Lab = Awaited<ReturnType<typeof openLab>>;

/** Every entity's table has as many rows as the ledger says were inserted. */
export const expectLedgerToMatch = async (lab: Lab): Promise<void> => {
  for (const entity of [jobs, pay]) {
    const [row] = await lab.rows(
      `select (select coalesce(sum(rows_inserted), 0) from st_ops.ledger where entity = '${entity.name}') as ledger, ` +
        `(select count(*) from st_raw.${entity.table}) as stored`,
    );
    expect(row?.ledger).toBe(row?.stored);
  }
};
