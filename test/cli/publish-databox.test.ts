import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import { main } from '../../src/cli/main.ts';
import type { Warehouse } from '../../src/warehouses/warehouse.ts';
import { openCompanies } from '../pipeline/kpis/support/open-companies.ts';
import { startDatabox, type StandIn } from '../publish/support/start-databox.ts';
import { smallWork } from '../support/small-work.ts';
import { makeTempDir } from '../support/temp-dir.ts';

const apiKey = 'databox-key-never-printed';
const keys = { rows: 'invoice_id', other: 'invoice_id', sums: 'summary_id' };

let warehouse: Warehouse;
let path: string;
let dir: string;
let standIn: StandIn;

/** With those that are there, more than two calls take. */
const many = `
  insert into st_raw.raw_invoices
    (tenant_id, id, businessUnitId, invoiceDate, total, _modified_on, _deleted, payload)
  select '1', 2000 + r, if(r < 100, 10, 11), '2024-04-05 00:00:00+00', 10.25, '2024-04-05 01:00:00+00', false, '{}'
  from range(0, 200) as many(r)`;

beforeAll(async () => {
  ({ warehouse, path } = await openCompanies());
  await warehouse.execute(many);
  dir = await makeTempDir();
}, 60_000);

beforeEach(async () => {
  standIn = await startDatabox(apiKey, keys);
});

afterEach(async () => {
  await standIn.close();
  expect(standIn.faults).toEqual([]);
});

afterAll(() => warehouse.close());

const publish = async (
  more: NodeJS.ProcessEnv = {},
  options: string[] = [],
  now = '2024-04-05T19:30:00Z',
) => {
  const [lines, errors]: [string[], string[]] = [[], []];
  const code = await main(['publish', 'databox', ...options], {
    env: {
      ...{ ST_TENANT_ID: '1', DUCKDB_PATH: path, LOG_LEVEL: 'error', LOG_FILE: join(dir, 'log') },
      ...{
        DATABOX_API_KEY: apiKey,
        DATABOX_DATASET_ID: 'rows',
        DATABOX_SUMMARY_DATASET_ID: 'sums',
      },
      ...{ DATABOX_BASE_URL: standIn.url, ...more },
    },
    now: () => new Date(now),
    means: smallWork,
    out: (text) => lines.push(text),
    err: (text) => errors.push(text),
  });
  const [out, err] = [lines.join('\n'), errors.join('\n')];
  expect(`${out}${err}`).not.toContain(apiKey);
  return { code, out, err };
};

const countActive = async (): Promise<number> => {
  const [row] = await warehouse.query(
    "select count(*) as n from st_raw.raw_invoices where tenant_id = '1' and not _deleted and coalesce(active, true)",
  );
  return Number(row?.n);
};

describe('fieldmart publish databox', () => {
  test('is off without its variables: a line, exit 0, no request', async () => {
    const off = { DATABOX_API_KEY: '', DATABOX_DATASET_ID: '', DATABOX_SUMMARY_DATASET_ID: '' };
    expect(await publish(off)).toEqual({
      ...{ code: 0, out: '' },
      err: 'Databox is off: set DATABOX_API_KEY and DATABOX_DATASET_ID to switch it on',
    });
    expect(standIn.calls).toEqual([]);
  });

  test('sends every invoice once, in calls of 100, then only what was loaded since', async () => {
    const active = await countActive();
    const first = await publish();
    expect(first).toMatchObject({ code: 0, err: '' });
    expect(first.out).toMatch(new RegExp(`^Databox: ${active} invoices sent and confirmed$`, 'm'));
    expect(standIn.calls.slice(0, 3)).toEqual([100, 100, active - 200]);
    const rows = standIn.rows.get('rows');
    expect(rows?.size).toBe(active);
    expect(rows?.get('2000')).toEqual({
      invoice_id: 2000,
      invoice_date: '2024-04-05',
      business_unit: 'Phoenix-Sales',
      job_type: null,
      total_amount: 10.25,
      updated_at: '2024-04-05T01:00:00.000Z',
      active: true,
    });

    await warehouse.execute(`
      insert into st_ops.ledger (load_id, tenant_id, entity, committed_at)
      values ('late', '1', 'invoices', '2024-04-05 20:00:00+00');
      update st_raw.raw_invoices set _load_id = 'late', total = 99 where tenant_id = '1' and id = 2000;
      update st_raw.raw_invoices set _load_id = 'late', active = false where tenant_id = '1' and id = 2001`);
    standIn.calls.length = 0;
    const second = await publish({ DATABOX_SUMMARY_DATASET_ID: '' }, [], '2024-04-05T20:30:00Z');
    expect(second).toMatchObject({ code: 0, out: 'Databox: 2 invoices sent and confirmed' });
    expect(standIn.calls).toEqual([2]);
    expect(rows?.size).toBe(active);
    expect(rows?.get('2000')).toMatchObject({ total_amount: 99, active: true });
    expect(rows?.get('2001')).toMatchObject({ total_amount: 0, active: false });
  });

  test('another data set starts from nothing, and --all sends everything again; nothing is doubled', async () => {
    const active = await countActive();
    await publish({ DATABOX_DATASET_ID: 'other' });
    expect(standIn.rows.get('other')?.size).toBe(active);
    const again = await publish({ DATABOX_DATASET_ID: 'other' }, ['--all']);
    expect(again.out).toMatch(new RegExp(`^Databox: ${active} invoices sent`));
    expect(standIn.rows.get('other')?.size).toBe(active);
  });

  test('sends the local day so far by unit; within the hour the later summary replaces the earlier', async () => {
    await publish();
    await publish();
    const sums = [...(standIn.rows.get('sums')?.values() ?? [])];
    expect(sums.map((row) => row.summary_id)).toEqual([
      '2024-04-05T19:00:00Z Phoenix-Production',
      '2024-04-05T19:00:00Z Phoenix-Sales',
    ]);
    expect(sums[0]).toMatchObject({
      invoice_date: '2024-04-05',
      revenue: 1025,
      invoice_count: 100,
    });
    expect(sums[1]).toMatchObject({ revenue: 99 + 98 * 10.25, invoice_count: 99 });
  });
});

describe('what Databox refuses: one clear line, exit 3, the key nowhere', () => {
  const lastRun = async () => {
    const [row] = await warehouse.query(
      "select outcome, message from st_ops.runs where command = 'publish databox' order by started_at desc, outcome limit 1",
    );
    return row;
  };

  test('the key', async () => {
    const { code, out, err } = await publish(
      { DATABOX_API_KEY: 'wrong-key' },
      [],
      '2024-04-06T00:00:00Z',
    );
    expect({ code, out }).toEqual({ code: 3, out: '' });
    expect(err).toMatch(
      /^Cannot publish to Databox: it refused the key \(401\); check DATABOX_API_KEY$/m,
    );
    expect(err).not.toContain('wrong-key');
  });

  test('records: the summary goes out all the same, and the next run sends the invoices again', async () => {
    standIn.fail({ reject: 1 });
    const { code, err } = await publish({}, ['--all'], '2024-04-06T01:00:00Z');
    expect(code).toBe(3);
    expect(err).toMatch(
      /it rejected 1 of \d+ records for data set rows; see the data set's ingestions/,
    );
    expect(await lastRun()).toMatchObject({
      outcome: 'failed',
      message: expect.stringContaining('rejected'),
    });
    expect(standIn.calls.length).toBeGreaterThan(3);
  });

  test('a host that nobody reaches', async () => {
    const { code, err } = await publish({ DATABOX_BASE_URL: 'http://127.0.0.1:9' }, ['--all']);
    expect(code).toBe(3);
    expect(err).toMatch(/127\.0\.0\.1:9 is out of reach/);
  }, 60_000);

  test('half of its variables: exit 2, before anything is asked', async () => {
    const { code, err } = await publish({ DATABOX_API_KEY: '' });
    expect(code).toBe(2);
    expect(err).toMatch(/^Cannot publish to Databox: DATABOX_API_KEY is missing; set it, or none/);
    expect((await publish({ DATABOX_DATASET_ID: 'a/../b' })).err).toMatch(
      /DATABOX_DATASET_ID must be the id/,
    );
  });
});
