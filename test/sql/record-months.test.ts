import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { now, openCheckRig, type CheckRig } from './support/check-rig.ts';

let rig: CheckRig;

beforeAll(async () => {
  rig = await openCheckRig();
});

afterAll(() => rig.close());

describe('st_mart.record_months', () => {
  const months = (entity: string) =>
    rig.read(
      `select month_start, records, is_gap from st_mart.record_months where entity = '${entity}' order by 1`,
    );

  test('counts by local month, without deleted records, and marks the months between', async () => {
    const { given, read, warehouse } = rig;
    await given('projects', [
      // The evening of 31 December in Phoenix.
      { id: 1, createdOn: '2024-01-01T06:59:59Z' },
      { id: 2, createdOn: '2024-03-01T07:00:00Z' },
      { id: 3, createdOn: '2024-03-31T07:00:00Z' },
      { id: 4, createdOn: '2024-02-01T07:00:00Z', _deleted: true },
      { id: 5, createdOn: '0001-01-01T00:00:00Z' },
      { id: 6, createdOn: '2024-02-01T07:00:00Z', tenant_id: '9' },
    ]);
    await rig.buildAt(now, { sqlDir: rig.sqlDir, select: 'record_months' });
    expect(await months('projects')).toEqual([
      { month_start: '2023-12-01', records: 1, is_gap: false },
      { month_start: '2024-01-01', records: 0, is_gap: true },
      { month_start: '2024-02-01', records: 0, is_gap: true },
      { month_start: '2024-03-01', records: 2, is_gap: false },
    ]);
    expect(await read(`select * from st_mart.record_months where tenant_id = '9'`)).toEqual([]);
    await warehouse.execute('delete from st_raw.raw_projects');
  });

  test('takes the date of a pay item as it is written', async () => {
    expect(await months('payroll')).toEqual([
      { month_start: '2024-02-01', records: 12, is_gap: false },
      { month_start: '2024-03-01', records: 18, is_gap: false },
    ]);
  });
});
