import { afterAll, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import { openModelRig, type GivenRow, type ModelRig } from './support/model-rig.ts';
import { addReferences, types, units } from './support/small-company.ts';

let rig: ModelRig;

beforeAll(async () => {
  rig = await openModelRig();
});
afterAll(() => rig.close());
beforeEach(async () => {
  await rig.clear();
  await addReferences(rig);
});

const ahead = (id: number, start: string, more: GivenRow = {}): GivenRow => ({
  id,
  businessUnitId: units.phoenixProduction,
  jobTypeId: types.paint,
  jobStatus: 'Scheduled',
  createdOn: start,
  ...more,
});
const addJobs = async (jobs: GivenRow[]) => {
  await rig.given('jobs', jobs);
  const invoices = jobs.map(({ id }) => ({
    id: Number(id),
    jobId: Number(id),
    subTotal: 2 ** Number(id),
  }));
  await rig.given('invoices', invoices);
};

/** Wednesday in Phoenix; the Monday before is 2024-03-18. */
const wednesday = '2024-03-20T19:00:00Z';
const booked = (date: string, unit = 'Phoenix-Production') =>
  rig.day(date, unit, 'future_bookings, outstanding_ar');
const nothing = '0.000000000';

describe('future_bookings', () => {
  test('reach from Monday to the same day a year later, both included', async () => {
    await addJobs([
      ahead(1, '2024-03-18T06:59:59Z'),
      ahead(2, '2024-03-18T07:00:00Z'),
      ahead(3, '2025-03-19T06:59:59Z'),
      ahead(4, '2025-03-19T07:00:00Z'),
    ]);
    await rig.buildAt(wednesday);
    expect(await booked('2024-03-20')).toEqual({
      future_bookings: '12.000000000',
      outstanding_ar: nothing,
    });
    expect(await rig.read('select job_id from st_mart.future_booking_jobs order by 1')).toEqual([
      { job_id: 2 },
      { job_id: 3 },
    ]);
  });

  test('leave out canceled and inactive jobs, excluded types and other units', async () => {
    const start = '2024-04-02T19:00:00Z';
    await addJobs([
      ahead(1, start),
      ahead(2, start, { jobStatus: 'Canceled' }),
      ahead(3, start, { active: false }),
      ahead(4, start, { jobTypeId: types.inspection }),
      ahead(5, start, { jobTypeId: types.solarTouchup, jobStatus: 'Completed' }),
      ahead(6, start, { businessUnitId: units.phoenixSales }),
      ahead(7, start, { businessUnitId: units.office }),
      ahead(8, start, { businessUnitId: units.retiredProduction, jobStatus: null }),
    ]);
    await rig.given('jobs', [ahead(9, '2024-03-19T19:00:00Z')]);
    await rig.buildAt(wednesday);
    expect(await booked('2024-03-20')).toMatchObject({ future_bookings: '290.000000000' });
    expect(await booked('2024-03-20', 'Tucson-Production')).toMatchObject({
      future_bookings: nothing,
    });
    expect(await booked('2024-03-20', 'Phoenix-Sales')).toEqual({
      future_bookings: null,
      outstanding_ar: null,
    });
    expect(await booked('2024-03-19')).toEqual({ future_bookings: null, outstanding_ar: null });
  });

  test('are written once a date, the last build of a date wins, and earlier dates never change', async () => {
    await addJobs([ahead(5, '2024-03-19T19:00:00Z')]);
    await rig.buildAt('2024-03-19T19:00:00Z');
    await rig.buildAt(wednesday);
    await addJobs([ahead(6, '2024-03-19T19:00:00Z')]);
    // 23:59 on the same local day, though a day later in UTC.
    await rig.buildAt('2024-03-21T06:59:00Z');
    await rig.warehouse.execute('delete from st_raw.raw_jobs where id = 5');
    await rig.buildAt('2024-03-22T19:00:00Z');
    const rows = await rig.read(
      `select cast(event_date as string) as day, future_bookings as money
      from st_mart.kpi_future_bookings where business_unit = 'Phoenix-Production' order by 1`,
    );
    expect(rows.map(({ day, money }) => [day, Number(money)])).toEqual([
      ['2024-03-19', 32],
      ['2024-03-20', 96],
      ['2024-03-22', 64],
    ]);
    expect(await booked('2024-03-19')).toMatchObject({ future_bookings: '32.000000000' });
    expect(await booked('2024-03-21')).toMatchObject({ future_bookings: null });
    const week = `select future_bookings as money from st_mart.weekly_kpis
      where business_unit = 'Phoenix-Production' and week_start = date '2024-03-18'`;
    expect(await rig.read(week)).toEqual([{ money: '64.000000000' }]);
    expect(
      await rig.read(
        `select cast(event_date as string) as day, count(*) as n
        from st_mart.future_booking_jobs group by 1 order by 1`,
      ),
    ).toEqual([
      { day: '2024-03-19', n: 1 },
      { day: '2024-03-20', n: 2 },
      { day: '2024-03-22', n: 1 },
    ]);
  });

  test('keep the history of a unit that the roll-up no longer knows, without a row in the marts', async () => {
    await addJobs([ahead(5, '2024-03-19T19:00:00Z')]);
    await rig.buildAt(wednesday);
    await rig.warehouse.execute(
      `update st_raw.raw_business_units set name = 'Elsewhere' where name ilike '%production'`,
    );
    await rig.buildAt('2024-03-21T19:00:00Z');
    expect(await booked('2024-03-20')).toBeUndefined();
    const kept = await rig.read(
      `select count(*) as n from st_mart.kpi_future_bookings
      where business_unit = 'Phoenix-Production'`,
    );
    expect(kept).toEqual([{ n: 1 }]);
  });
});
