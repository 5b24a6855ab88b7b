import { cp, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { readChecks, type Check } from '../../../src/pipeline/read-checks.ts';
import { runChecks, type CheckResult } from '../../../src/pipeline/run-checks.ts';
import { servicetitanEntities as entities } from '../../../src/sources/servicetitan/index.ts';
import { makeTempDir } from '../../support/temp-dir.ts';
import { openModelRig, type GivenRow, type ModelRig } from './model-rig.ts';

/** Wednesday noon in Phoenix: the last full day is a Tuesday. */
export const now = '2024-03-20T19:00:00.000Z';
const tuesdays = ['2024-02-20', '2024-02-27', '2024-03-05', '2024-03-12', '2024-03-19'];
const jobsADay = 6;

/** Six estimate visits and six production jobs on each Tuesday, with all that belongs to them. */
const addWork = async ({ given }: ModelRig): Promise<void> => {
  await given('business_units', [
    { id: 10, name: 'North Sales', createdOn: '2024-01-01T00:00:00Z' },
    { id: 11, name: 'North Production', createdOn: '2024-01-01T00:00:00Z' },
    { id: 12, name: 'Office', createdOn: '2024-01-01T00:00:00Z' },
  ]);
  await given('job_types', [
    { id: 20, name: 'Estimate-RES-EXT' },
    { id: 21, name: 'Warranty' },
  ]);
  const ids = tuesdays.flatMap((date, week) =>
    Array.from({ length: jobsADay }, (_, index) => ({
      id: 100 * (week + 1) + index,
      at: `${date}T18:00:00Z`,
    })),
  );
  const rows = (make: (one: { id: number; at: string }) => GivenRow): GivenRow[] =>
    ids.map((one) => ({ createdOn: one.at, ...make(one) }));
  const visits = rows(({ id, at }) => ({
    ...{ id, businessUnitId: 10, jobTypeId: 20, jobStatus: 'Completed', completedOn: at },
    customerId: id,
  }));
  const work = rows(({ id, at }) => ({
    ...{
      id: id + 1000,
      businessUnitId: 11,
      jobTypeId: 21,
      jobStatus: 'Completed',
      completedOn: at,
    },
  }));
  await given('jobs', [...visits, ...work]);
  await given(
    'estimates',
    rows(({ id, at }) => ({ id, jobId: id, statusName: 'Sold', soldOn: at, subtotal: 100.5 })),
  );
  await given(
    'invoices',
    rows(({ id }) => ({
      ...{ id, jobId: id + 1000, businessUnitId: 11, subTotal: 90, balance: 20 },
      ...{ locationId: id, locationName: 'A house' },
    })),
  );
  await given(
    'invoice_items',
    rows(({ id }) => ({ id, invoiceId: id, type: 'Material', totalCost: 3.25 })),
  );
  await given(
    'payroll',
    ids.map(({ id, at }) => ({
      ...{ _key: String(id), id, jobId: id + 1000, amount: 40.1 },
      date: `${at.slice(0, 10)}T00:00:00Z`,
    })),
  );
  await given(
    'purchase_orders',
    rows(({ id }) => ({ id, jobId: id + 1000, status: 'Received', total: 7 })),
  );
  await given(
    'returns',
    rows(({ id }) => ({ id, jobId: id + 1000, status: 'Received', returnAmount: 2 })),
  );
  const applied = (id: number) =>
    JSON.stringify({ appliedTo: [{ appliedTo: id, appliedAmount: '69' }] });
  await given(
    'payments',
    rows(({ id, at }) => ({
      ...{ id, businessUnitId: 11, total: 70, date: at },
      payload: applied(id),
    })),
  );
};

const rollup = [
  'business_unit_id,business_unit_name,unit_kind,rolls_up_to,region',
  '10,North Sales,SALES,North-Sales,North',
  ',North Production,PRODUCTION,North-Production,North',
  ',Office,NONE,,',
  '',
].join('\n');

/** The checks of the project. */
export const checks: readonly Check[] = await readChecks('sql');

/** What breaks a check, and what the first row is that it then returns. */
export type Break = [check: string, statement: string, row: Record<string, unknown>];

/** Marts of a company on whose data every check is green. */
export const openCheckRig = async () => {
  const sqlDir = join(await makeTempDir(), 'sql');
  await cp('sql', sqlDir, { recursive: true });
  await writeFile(join(sqlDir, 'seeds', 'business_unit_rollup.csv'), rollup);
  const rig = await openModelRig();
  const { warehouse } = rig;
  await addWork(rig);
  await warehouse.recordRuns(
    entities.map(({ name }) => ({
      ...{
        runId: 'r',
        command: 'sync',
        tenantId: '1',
        entity: name,
        rows: 1,
        message: '',
        exitCode: 0,
      },
      ...{ startedAt: '2024-03-20T10:00:00.000Z', endedAt: '2024-03-20T11:00:00.000Z' },
      outcome: 'ok' as const,
    })),
  );
  await rig.buildAt(now, { sqlDir });

  /** What a check says after a statement, which is then taken back. */
  const checkAfter = async (name: string, statement: string): Promise<CheckResult | undefined> => {
    const chosen = checks.filter((check) => check.name === name);
    await warehouse.execute('begin transaction');
    try {
      await warehouse.execute(statement);
      return (await runChecks(warehouse.query, chosen))[0];
    } finally {
      await warehouse.execute('rollback');
    }
  };

  return { ...rig, sqlDir, checkAfter };
};

export type CheckRig = Awaited<ReturnType<typeof openCheckRig>>;
