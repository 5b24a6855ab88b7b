import { cp, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import { ConfigError } from '../../src/errors.ts';
import { build } from '../../src/pipeline/build.ts';
import { readModels } from '../../src/pipeline/read-models.ts';
import { servicetitanEntities as entities } from '../../src/sources/servicetitan/index.ts';
import { openDuckdb } from '../../src/warehouses/duckdb/open-duckdb.ts';
import type { Row, Warehouse } from '../../src/warehouses/warehouse.ts';
import { smallWork } from '../support/small-work.ts';
import { makeTempDir } from '../support/temp-dir.ts';

const quiet = () => undefined;
const log = { error: quiet, warn: quiet, info: quiet, debug: quiet };

let warehouse: Warehouse;

beforeAll(async () => {
  warehouse = await openDuckdb({
    ...{ path: ':memory:', datasetPrefix: '', now: () => new Date(), ...smallWork },
  });
  await warehouse.prepare(entities);
});

afterAll(() => warehouse.close());

const clear = async (): Promise<void> => {
  for (const { table } of entities) await warehouse.execute(`delete from st_raw.${table}`);
};

beforeEach(clear);

const literal = (value: string | number | boolean | null): string =>
  typeof value === 'string' ? `'${value.replace(/'/g, "''")}'` : String(value);

/** Rows for a raw table; what is not given is NULL, and nothing is deleted unless it says so. */
const given = async (table: string, rows: Record<string, string | number | boolean | null>[]) => {
  for (const row of rows) {
    const full = { tenant_id: '1', _deleted: false, ...row };
    const names = Object.keys(full).map((name) => `"${name}"`);
    const values = Object.values(full).map(literal);
    await warehouse.execute(
      `insert into st_raw.raw_${table} (${names.join(', ')}) values (${values.join(', ')})`,
    );
  }
};

const buildAll = async (sqlDir = 'sql') => {
  const tenant = { tenantId: '1', timeZone: 'America/Phoenix' };
  const now = '2024-04-01T12:00:00.000Z';
  const { built } = await build({ warehouse, entities, sqlDir, log, tenant, now, select: null });
  return built.map(({ model, rows, sha256 }) => ({ model, rows, sha256 }));
};

const jobs = (columns: string): Promise<Row[]> =>
  warehouse.query(`select ${columns} from st_dim.dim_jobs order by tenant_id, jobId`);

const unit = { id: 10, name: ' Phoenix-Sales ', active: true };
const job = { id: 1, businessUnitId: 10, createdOn: '2024-03-01T00:00:00Z' };

describe('st_dim.dim_jobs', () => {
  test('names what a job refers to, by records that are inactive too', async () => {
    await given('business_units', [{ ...unit, active: false }]);
    await given('job_types', [{ id: 20, name: ' ESTIMATE-RES-EXT  ', active: false }]);
    await given('campaigns', [{ id: 30, name: 'Spring mailer', _deleted: true }]);
    await given('customers', [{ id: 40, name: 'Iris Quill' }]);
    await given('jobs', [{ ...job, jobTypeId: 20, campaignId: 30, customerId: 40, active: false }]);
    await buildAll();
    const columns =
      'businessUnitName, jobTypeName, jobTypeGroup, campaignName, customerName, rollupName, unitKind, region, isActive';
    expect(await jobs(columns)).toEqual([
      {
        businessUnitName: 'Phoenix-Sales',
        jobTypeName: 'ESTIMATE-RES-EXT',
        jobTypeGroup: 'estimate',
        campaignName: 'Spring mailer',
        customerName: 'Iris Quill',
        rollupName: 'Phoenix-Sales',
        unitKind: 'SALES',
        region: 'Phoenix',
        isActive: false,
      },
    ]);
  });

  test('keeps a job whose references are unknown, and one row a job whatever joins to it', async () => {
    await given('jobs', [job, { id: 2 }, { ...job, tenant_id: '2' }]);
    await given('business_units', [unit, { ...unit, tenant_id: '2', name: 'elsewhere' }]);
    await given('appointments', [
      { id: 1, jobId: 1, start: '2024-03-05T00:00:00Z' },
      { id: 2, jobId: 1, start: '2024-03-06T00:00:00Z' },
    ]);
    await buildAll();
    expect(await jobs('tenant_id, jobId, businessUnitName')).toEqual([
      { tenant_id: '1', jobId: 1, businessUnitName: 'Phoenix-Sales' },
      { tenant_id: '1', jobId: 2, businessUnitName: null },
      { tenant_id: '2', jobId: 1, businessUnitName: 'elsewhere' },
    ]);
  });

  describe('job start', () => {
    const createdOn = '2024-03-01T00:00:00Z';
    const completedOn = '2024-03-20T18:00:00Z';
    const cases = [
      {
        is: 'the earliest appointment',
        appointments: [{ start: '2024-03-09T15:00:00Z' }, { start: '2024-03-05T15:00:00Z' }],
        start: '2024-03-05T15:00:00',
      },
      {
        is: 'a canceled appointment too',
        appointments: [{ start: '2024-03-09T15:00:00Z', status: 'Canceled' }],
        start: '2024-03-09T15:00:00',
      },
      {
        is: 'completedOn without an appointment',
        appointments: [],
        start: '2024-03-20T18:00:00',
      },
      {
        is: 'no deleted appointment',
        appointments: [{ start: '2024-03-05T15:00:00Z', _deleted: true }],
        start: '2024-03-20T18:00:00',
      },
      {
        is: 'no inactive appointment',
        appointments: [{ start: '2024-03-05T15:00:00Z', active: false }],
        start: '2024-03-20T18:00:00',
      },
      {
        is: 'no date of the year 1',
        appointments: [{ start: '0001-01-01T00:00:00Z' }],
        start: '2024-03-20T18:00:00',
      },
    ].map((one, index) => ({ ...one, id: index + 1 }));

    let starts: Row[];
    beforeAll(async () => {
      await clear();
      for (const { id, appointments } of cases) {
        await given('jobs', [{ ...job, id, createdOn, completedOn }]);
        await given(
          'appointments',
          appointments.map((one, index) => ({ id: id * 10 + index, jobId: id, ...one })),
        );
      }
      await buildAll();
      starts = await jobs('jobId, jobStart');
    });

    test.each(cases)('$is', ({ id, start }) => {
      expect(starts).toHaveLength(cases.length);
      expect(String(starts.find(({ jobId }) => jobId === id)?.jobStart)).toContain(start);
    });
  });

  test('job start: createdOn when there is nothing else, and none when that is missing', async () => {
    await given('jobs', [{ ...job, completedOn: '0001-01-01T00:00:00Z' }, { id: 2 }]);
    await buildAll();
    const rows = await jobs('jobStart, completedOn');
    expect(rows.map(({ jobStart }) => jobStart === null)).toEqual([false, true]);
    expect(rows[0]?.completedOn).toBeNull();
  });
});

describe('st_ref.dim_bu_rollup', () => {
  const seeded = async (lines: string[]): Promise<string> => {
    const dir = await makeTempDir();
    await cp('sql', dir, { recursive: true });
    const header = 'business_unit_id,business_unit_name,unit_kind,rolls_up_to,region';
    await writeFile(
      join(dir, 'seeds', 'business_unit_rollup.csv'),
      [header, ...lines, ''].join('\n'),
    );
    return dir;
  };

  test('ids win over names, names are compared trimmed and case-folded, unknown units have no row', async () => {
    await given('business_units', [
      { id: 10, name: 'West - Sales (old)' },
      { id: 11, name: ' PHOENIX-sales' },
      { id: 12, name: 'Back office' },
    ]);
    await buildAll(
      await seeded([
        '10,a name that changed,SALES,By id,Phoenix',
        ',West - Sales (old),SALES,By name,Phoenix',
        ',Phoenix-Sales,sales,Phoenix-Sales,Phoenix',
      ]),
    );
    expect(
      await warehouse.query(
        'select businessUnitId, rollupName, unitKind from st_ref.dim_bu_rollup order by 1',
      ),
    ).toEqual([
      { businessUnitId: 10, rollupName: 'By id', unitKind: 'SALES' },
      { businessUnitId: 11, rollupName: 'Phoenix-Sales', unitKind: 'SALES' },
    ]);
  });

  test('an id of the seed is enough, where the source no longer lists the unit but records name it', async () => {
    await given('business_units', [{ id: 10, name: 'Phoenix-Sales' }]);
    await given('jobs', [{ ...job, businessUnitId: 999 }]);
    await buildAll(
      await seeded([
        ',Phoenix-Sales,SALES,Phoenix-Sales,Phoenix',
        '999,Old Sales,SALES,Phoenix-Sales,Phoenix',
        '998,Nobody,SALES,Nowhere,Phoenix',
      ]),
    );
    expect(await jobs('rollupName, unitKind')).toEqual([
      { rollupName: 'Phoenix-Sales', unitKind: 'SALES' },
    ]);
    expect(await warehouse.query('select business_unit from st_ref.dim_units')).toEqual([
      { business_unit: 'Phoenix-Sales' },
    ]);
  });

  test('a seed that is no table is named, and yesterday’s tables stay', async () => {
    await given('jobs', [job]);
    await buildAll();
    await given('jobs', [{ id: 2 }]);
    const dir = await seeded(['only,two']);
    await expect(buildAll(dir)).rejects.toBeInstanceOf(ConfigError);
    expect(await jobs('jobId')).toHaveLength(1);
  });
});

test('a model that fails leaves all of yesterday’s tables in place', async () => {
  await given('jobs', [job]);
  await given('business_units', [unit]);
  await buildAll();
  await given('business_units', [{ id: 11, name: 'Tucson-Sales' }]);
  const dir = await makeTempDir();
  await cp('sql', dir, { recursive: true });
  const file = join(dir, 'dim', 'dim_jobs.sql');
  await writeFile(
    file,
    `${(await readFile(file, 'utf8')).replace(/;\s*$/, '')} where no_such_column = 1;\n`,
  );
  await expect(buildAll(dir)).rejects.toThrow(/no_such_column/);
  expect(await warehouse.query('select * from st_ref.dim_business_units')).toHaveLength(1);
});

test('every column of every model is described in its header, and no other', async () => {
  await buildAll();
  const models = await readModels('sql');
  const stored = await warehouse.query(
    `select table_schema || '.' || table_name as model, column_name from information_schema.columns
    where table_name not like 'seed_%' order by ordinal_position`,
  );
  for (const { name, columns } of models) {
    const names = stored.filter(({ model }) => model === name).map((row) => row.column_name);
    expect({ name, columns: columns.map((column) => column.name) }).toEqual({
      name,
      columns: names,
    });
    // BigQuery's limit.
    for (const { description } of columns) expect(description.length).toBeLessThan(1024);
  }
});

test('a rebuild of the same data gives the same rows', async () => {
  await given('jobs', [job, { id: 2 }]);
  const first = await buildAll();
  const rows = await jobs('*');
  expect(await buildAll()).toEqual(first);
  expect(await jobs('*')).toEqual(rows);
});
