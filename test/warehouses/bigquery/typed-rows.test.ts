import { afterEach, beforeAll, beforeEach, expect, test } from '@jest/globals';
import type { Entity } from '../../../src/model.ts';
import { encodeLine, linesSchema } from '../../../src/warehouses/bigquery/encode-lines.ts';
import { typedSql } from '../../../src/warehouses/bigquery/typed-sql.ts';
import { recordsView } from '../../../src/warehouses/duckdb/records-view.ts';
import { rawColumns } from '../../../src/warehouses/raw-table.ts';
import type { Row, Value } from '../../../src/warehouses/warehouse.ts';
import type { Engine } from '../../support/googlesql/analyze.ts';
import { evaluate, readRows } from '../../support/googlesql/evaluate.ts';
import { readOptions } from '../../support/googlesql/language.ts';
import { startGooglesql } from '../../support/googlesql/start-googlesql.ts';
import { packValue } from '../../support/googlesql/values.ts';
import { warnLoudly } from '../../support/googlesql/warn-loudly.ts';
import { instant, jobs, openLab, pay, type Lab } from '../duckdb/fixtures.ts';

const server =
  process.env.FIELDMART_GOOGLESQL === 'off'
    ? ({ runs: false, reason: 'FIELDMART_GOOGLESQL is off' } as const)
    : await startGooglesql();
if (!server.runs) warnLoudly(server.reason);
const proves = server.runs ? test : test.skip;

let engine: Engine;
let lab: Lab;
beforeAll(async () => {
  if (server.runs) engine = { api: server.api, options: await readOptions(server.api) };
});
beforeEach(async () => {
  lab = await openLab();
});
afterEach(() => lab.close());

const columns = linesSchema.map(({ name, type }) => ({ name, type }));

const packLine = (text: string, index: number) => {
  const line = JSON.parse(
    encodeLine(text, { batch: 1, line: index + 1, at: instant(10) }),
  ) as Record<string, Value>;
  return columns.map(({ name, type }) => packValue(type, line[name] ?? null));
};

/** The staging table as Google's own engine makes it of the lines that would be uploaded. */
const stageInGooglesql = async (entity: Entity, texts: readonly string[], loadId: string) => {
  const table = 'st_stage.lines_a';
  const sql = typedSql(entity, {
    table,
    batches: [{ tenantId: '77', loadId, rows: texts.length }],
  });
  const filled = { name: table, columns, rows: texts.map(packLine) };
  return readRows(await evaluate(engine, sql, [filled]));
};

const stageInDuckdb = async (entity: Entity, texts: readonly string[]) => {
  const batch = await lab.seal(entity, texts, { minute: 10 });
  const { table } = await lab.warehouse().stage(entity, [batch]);
  const rows = await lab.rows(`select * from ${recordsView(table)}`);
  return { loadId: batch.loadId, rows };
};

const writeDecimal = (value: Value | undefined): Value =>
  typeof value === 'string' && /^-?\d+\.\d+$/.test(value)
    ? value.replace(/\.?0+$/, '')
    : (value ?? null);

/** What both staging tables have, in the words of neither; keys are hashed differently, so only their form counts. */
const toComparable = (entity: Entity, rows: readonly Row[], hasDrift: (row: Row) => boolean) =>
  [...rows]
    .sort((a, b) => Number(a._position) - Number(b._position))
    .map((row) => ({
      ...Object.fromEntries(
        rawColumns(entity).map(({ name, type }) => [
          name,
          type === 'decimal' || type === 'decimalText' ? writeDecimal(row[name]) : row[name],
        ]),
      ),
      ...(typeof row._key === 'string' && {
        _key: row._reject === null ? row._key.replace(/^h:[0-9a-f]{32}/, 'h:') : null,
      }),
      position: row._position,
      use: row._use,
      reject: String(row._reject).replace('BIGINT', 'INT64'),
      drift: row._reject === null && hasDrift(row),
    }));

const expectSame = async (entity: Entity, records: readonly unknown[]): Promise<void> => {
  const texts = records.map((one) => (typeof one === 'string' ? one : JSON.stringify(one)));
  const { loadId, rows } = await stageInDuckdb(entity, texts);
  const googles = await stageInGooglesql(entity, texts, loadId);
  expect(toComparable(entity, googles, ({ _drift }) => _drift !== '')).toEqual(
    toComparable(entity, rows, ({ _drift }) => _drift === true),
  );
};

proves('fields of every type, fitting or not, are the same in both warehouses', async () => {
  const misfits = {
    customer: 'a text',
    total: 'abc',
    balance: '1_000',
    latitude: 'NaN',
    active: 'yes',
    createdOn: 'epoch',
    modifiedOn: '2024-02-30T00:00:00Z',
  };
  await expectSame(jobs, [
    { id: 1, ...misfits },
    { id: 2, ...misfits, customer: [1] },
    { id: 3, customer: { id: 1.5, name: { nested: true } }, total: 1e30 },
    { id: 4, customer: { id: null }, total: null, createdOn: '2024-01-01T00:00:00-07:00' },
    { id: '9007199254740993', customer: null, active: 'true', jobNumber: true },
    { id: 6, customer: { id: 5, name: 'Ann "A" O\'Neil\n' }, latitude: -33.25, balance: '-0.10' },
    { id: 7, customer: '', createdOn: 5, active: 1, jobNumber: 12.5 },
    { id: 8, customer: { id: {} }, total: [], balance: true, latitude: '1e400' },
    '{"id":9,"total":1e400,"latitude":1e-400}',
    '{"id":035}',
    '\t{"id":10,"total":0.12345678901234567890}  ',
    '{"id":11,\r"total":7}\r',
    '{"id":12,"id":13}',
  ]);
});

proves('so are texts, whatever they hold', async () => {
  await expectSame(jobs, [
    '{"id":1,"jobNumber":"a\\ud800b","total":1.25}',
    '{"id":2,"jobNumber":"a\\u0000b"}',
    '{"id":3,"jobNumber":"\\ud83d\\ude00 \\\\ud800 \\uDFFF \\\\\\ud83d\\ude00"}',
    { id: 4, jobNumber: '', customer: { name: '😀é\u2028' } },
    { id: 5, jobNumber: 'null', order: '{"a":1}' },
  ]);
});

proves('so are instants, from the year 1 to 9999', async () => {
  const instants = [
    '2024-03-01',
    '2024-03-01T10:20',
    '2024-03-01 10:20Z',
    '2024-03-01T10:20:30',
    '2024-03-01T10:20:30.1Z',
    '2024-03-01T10:20:30.1234567Z',
    '2024-03-01T10:20:30.123456789-07:00',
    '2024-03-01T10:20:30+07',
    '2024-03-01 10:20:30.5-0730',
    '0001-01-01T00:00:00Z',
    '9999-12-31T23:59:59.9999999Z',
    '2024-02-29T00:00:00Z',
    '2023-02-29T00:00:00Z',
    '2024-13-01T00:00:00Z',
    '2024-03-01T25:00:00Z',
    '2024-03-01T10:61:00Z',
    '2024-3-1',
    '2024-03-01T10',
    ' 2024-03-01',
    '',
    'now',
  ];
  await expectSame(
    jobs,
    instants.map((createdOn, id) => ({ id, createdOn, modifiedOn: createdOn })),
  );
});

proves('so are decimals', async () => {
  const decimals = [
    ...['1.1234567890123456789', '1.1234567895000000000', '0.12345678949999999999999'],
    ...['12345678901234567890123456789.123456789', '99999999999999999999999999999.9999999995'],
    ...['1e-7', '6e-12', '5E-10', '12.5e+3', '1e-99999999999', '1e28', '1e29', '-0.0000000005'],
    ...['1.50', '-0', '007', '9007199254740993', '1e', '.5', '5.', '+5', '0x1F', '1,5', ' 1'],
  ];
  await expectSame(
    jobs,
    decimals.map((text, id) => ({ id, total: text, balance: text })),
  );
});

proves('so are the records that cannot be stored', async () => {
  await expectSame(jobs, [
    { id: 1 },
    { id: null, name: 'x' },
    { name: 'x' },
    { id: 'abc' },
    { id: '9223372036854775808' },
    '[1]',
    '"text"',
    'null',
    '{"id":7',
    '',
  ]);
});

proves('so is which of several records of one key is kept', async () => {
  const record = (id: number, minute: number | null, jobNumber: string) => ({
    ...{ id, jobNumber, modifiedOn: minute === null ? null : instant(minute) },
  });
  await expectSame(jobs, [
    record(1, 9, 'newest'),
    record(1, 3, 'older'),
    record(2, 3, 'first'),
    record(2, 3, 'last'),
    record(3, null, 'bare'),
    record(3, 1, 'stamped'),
  ]);
});

proves('so are keys that are made of fields, and the numbers of twins', async () => {
  const item = (amount: unknown, more: object = {}) => ({
    ...{ id: null, payrollId: 7, employeeType: 'Technician', amount, ...more },
  });
  await expectSame(pay, [
    item(5),
    item(6),
    item(5),
    item(5, { memo: 'x' }),
    item('1.5e1', { id: 9 }),
    item('abc'),
    { date: instant(1) },
    item(5, { employeeType: null }),
    item(5, { employeeType: 'null' }),
  ]);
});
