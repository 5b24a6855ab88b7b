import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { WarehouseError } from '../../../src/errors.ts';
import { googleErrors } from '../../support/bigquery/google-errors.ts';
import { startBigquery, type Bigquery } from '../../support/bigquery/start-bigquery.ts';
import { job, jobs } from '../suite/entities.ts';
import { openLab, type Lab } from '../suite/lab.ts';
import { placeIn, type RigOptions } from './rig.ts';

let server: Bigquery;
beforeAll(async () => {
  server = await startBigquery({ estimates: 'plans' });
});
afterAll(() => server.close());

let places = 0;
const openPlace = (options: RigOptions = {}) => placeIn(server, `no${(places += 1)}_`, options);
const open = async (options: RigOptions = {}): Promise<Lab> => openLab(openPlace(options));

describe('one clear line, and the cursor unmoved, when', () => {
  const refuse = async (lab: Lab, message: RegExp): Promise<void> => {
    const batch = await lab.seal(jobs, [job(1, 1)]);
    const loading = lab.commitBatches(jobs, [batch]);
    await expect(loading).rejects.toThrow(WarehouseError);
    await expect(loading).rejects.toThrow(message);
    await expect(loading).rejects.not.toThrow(/\n/);
  };
  const expectUnmoved = async (lab: Lab): Promise<void> => {
    expect(await lab.rows('select version from st_ops.cursors')).toEqual([{ version: 0 }]);
    expect(await lab.table(jobs, 'id')).toEqual([]);
    await lab.close();
  };

  test('a job may not be run', async () => {
    const lab = await open();
    const batch = await lab.seal(jobs, [job(1, 1)]);
    server.access.deny('bigquery.jobs.create');
    await expect(lab.commitBatches(jobs, [batch])).rejects.toThrow(
      'Cannot stage jobs: Google refused access in project stand-in, permission bigquery.jobs.create is missing; ' +
        'grant roles/bigquery.jobUser on the project',
    );
    server.access.allow('bigquery.jobs.create');
    await expectUnmoved(lab);
  });

  test('the tables may not be written', async () => {
    const lab = await open();
    server.access.deny('bigquery.tables.updateData', `no${places}_st_raw`);
    await refuse(
      lab,
      /permission bigquery\.tables\.updateData is missing; grant roles\/bigquery\.dataEditor/,
    );
    server.access.allow('bigquery.tables.updateData');
    await expectUnmoved(lab);
  });

  test('the merge would read more than the cap', async () => {
    const lab = await open();
    const batch = await lab.seal(jobs, [job(1, 1)]);
    const small = await placeIn(server, `no${places}_`, { maxBytesBilled: 10 * 1024 * 1024 }).open(
      () => new Date(),
    );
    const staged = await small.stage(jobs, [batch]);
    await expect(small.commit(staged, 'run-1')).rejects.toThrow(
      /^Cannot commit jobs: it would be billed \d+ bytes and the cap is 10485760; raise BIGQUERY_MAX_BYTES_BILLED/,
    );
    await expectUnmoved(lab);
  });

  test('a statement is said to read more than the cap: nothing is sent', async () => {
    const lab = await open({ maxBytesBilled: 2 ** 40 });
    const body = {
      status: { state: 'DONE' },
      statistics: { totalBytesProcessed: '9999999999999' },
    };
    const fault = server.addFault({
      sql: /^merge/,
      effect: { kind: 'answer', answer: { status: 200, body } },
    });
    await refuse(
      lab,
      /^Cannot commit jobs: the merge into raw_jobs would read 9999999999999 bytes and the cap is 1099511627776; raise BIGQUERY_MAX_BYTES_BILLED$/,
    );
    expect(fault.hits()).toBe(1);
    fault.remove();
    await expectUnmoved(lab);
  });

  test.each([
    [
      'the API is disabled',
      googleErrors.apiDisabled('stand-in'),
      /the BigQuery API is not enabled in project stand-in/,
    ],
    ['there is no billing account', googleErrors.billingNotEnabled(), /no billing account/],
    [
      'the quota is used up',
      googleErrors.quotaExceeded(),
      /a quota of project stand-in is used up/,
    ],
    [
      'the credentials are refused',
      googleErrors.invalidCredentials(),
      /Google accepts no credentials/,
    ],
    ['the source of answers is down', googleErrors.unavailableHtml(), /BigQuery failed/],
  ])('%s', async (_, answer, message) => {
    const lab = await open();
    const batch = await lab.seal(jobs, [job(1, 1)]);
    const fault = server.addFault({ effect: { kind: 'answer', answer }, times: 999 });
    await expect(lab.commitBatches(jobs, [batch])).rejects.toThrow(message);
    await expect(lab.warehouse().prepare([jobs])).rejects.toThrow(message);
    fault.remove();
    await expectUnmoved(lab);
  });
});
