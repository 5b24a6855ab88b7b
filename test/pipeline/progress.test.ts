import { expect, test } from '@jest/globals';
import { readProgress } from '../../src/pipeline/progress.ts';
import type { RunRow } from '../../src/warehouses/warehouse.ts';
import { jobs, openLab } from '../warehouses/duckdb/fixtures.ts';

const at = (hour: number): string => `2024-03-01T${String(hour).padStart(2, '0')}:00:00.000Z`;

const row = (hour: number, more: Partial<RunRow> = {}): RunRow => ({
  ...{ runId: `run-${hour}`, command: 'sync', tenantId: '77', entity: 'jobs' },
  ...{ startedAt: at(hour), endedAt: at(hour), outcome: 'ok', rows: 1, message: '', exitCode: 0 },
  ...more,
});

test('of all runs the latest counts, and the latest that ended well; others’ runs do not', async () => {
  const lab = await openLab();
  const failed = { outcome: 'failed', message: 'Cannot read it: 401', exitCode: 3 } as const;
  const read = async () => {
    const options = { entities: [jobs], tenantId: '77', now: at(12) };
    const [found] = await readProgress(lab.warehouse(), options);
    const { lastRun, lastOutcome, lastMessage, lagHours } = found ?? {};
    return { lastRun, lastOutcome, lastMessage, lagHours };
  };
  expect(await read()).toEqual({
    ...{ lastRun: null, lastOutcome: null, lastMessage: null, lagHours: null },
  });
  const elsewhere = [
    row(9, { tenantId: '78' }),
    row(9, { entity: 'pay' }),
    row(9, { command: 'x' }),
  ];
  await lab
    .warehouse()
    .recordRuns([
      row(2, failed),
      row(6, { ...failed, command: 'sync' }),
      row(6, { command: 'backfill' }),
      ...elsewhere,
    ]);
  // Two at once: one, and always the same.
  expect(await read()).toEqual({
    ...{ lastRun: at(6), lastOutcome: 'ok', lastMessage: null, lagHours: 6 },
  });
  await lab.warehouse().recordRuns([row(8, failed)]);
  expect(await read()).toEqual({
    ...{ lastRun: at(8), lastOutcome: 'failed', lastMessage: failed.message, lagHours: 6 },
  });
  await lab.close();
});
