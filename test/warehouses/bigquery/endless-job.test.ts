import { afterAll, beforeAll, expect, test } from '@jest/globals';
import type { Fault } from '../../support/bigquery/faults.ts';
import { startBigquery, type Bigquery } from '../../support/bigquery/start-bigquery.ts';
import { job, jobs } from '../suite/entities.ts';
import { expectLedgerToMatch, openLab } from '../suite/lab.ts';
import { placeIn } from './rig.ts';

let server: Bigquery;
beforeAll(async () => {
  server = await startBigquery();
});
afterAll(() => server.close());

const endless = { kind: 'slowJob', polls: 10_000 } as const;

test.each<[string, Fault]>([
  ['load', { jobId: /^fieldmart_load/, effect: endless }],
  ['typing', { jobId: /^fieldmart_stage/, effect: endless }],
  ['commit', { jobId: /^fieldmart_commit/, effect: endless }],
])(
  'a %s that runs for ever is given up and said; the next run stores the batch once',
  async (name, fault) => {
    const lab = await openLab(
      placeIn(server, `endless_${name}_`, { limits: { jobRunMsMax: 100 } }),
    );
    const batch = await lab.seal(jobs, [job(1, 1), job(2, 1)]);
    const handle = server.addFault(fault);
    await expect(lab.commitBatches(jobs, [batch])).rejects.toThrow(
      /still ran after .* minutes and was cancelled; repeat the command/,
    );
    handle.remove();
    await lab.reopen();
    await lab.commitBatches(jobs, [batch]);
    expect(await lab.table(jobs, 'id')).toEqual([[1], [2]]);
    expect(await lab.rows('select version from st_ops.cursors')).toEqual([{ version: 1 }]);
    await expectLedgerToMatch(lab);
    await lab.close();
  },
);
