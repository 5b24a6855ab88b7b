import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { formatRuns, addNextSteps } from '../../src/cli/format-runs.ts';
import { readRuns, type PastRun } from '../../src/pipeline/read-runs.ts';
import type { RunRow } from '../../src/warehouses/warehouse.ts';
import { openLab, type Lab } from '../warehouses/duckdb/fixtures.ts';

let lab: Lab;

beforeEach(async () => {
  lab = await openLab();
});

afterEach(() => lab.close());

/** A day of March 2024, at a minute after noon. */
const at = (day: number, minute = 0): string =>
  `2024-03-${String(day).padStart(2, '0')}T12:${String(minute).padStart(2, '0')}:00.000Z`;

const read = (more: Partial<Parameters<typeof readRuns>[1]> = {}): Promise<PastRun[]> =>
  readRuns(lab.warehouse(), {
    ...{ tenantId: '77', since: at(1), limit: 20, now: at(20), isAlone: true, ...more },
  });

const row = (day: number, more: Partial<RunRow> = {}): RunRow => ({
  ...{ runId: `run-${day}`, command: 'sync', tenantId: '77', entity: 'jobs' },
  ...{ startedAt: at(day), endedAt: at(day, 5), outcome: 'ok', rows: 10, message: '', exitCode: 0 },
  ...more,
});

const failed = { outcome: 'failed', message: 'Cannot read it: 401', exitCode: 3 } as const;

describe('readRuns', () => {
  test('adds the entities of a run up, the newest run first', async () => {
    await lab
      .warehouse()
      .recordRuns([
        row(2),
        row(3),
        row(3, { entity: 'invoices', rows: 5, endedAt: at(3, 7), ...failed }),
        row(3, { entity: 'payments', rows: 0, ...failed }),
      ]);
    expect(await read()).toEqual([
      {
        ...{ runId: 'run-3', command: 'sync', startedAt: at(3), endedAt: at(3, 7) },
        ...{ outcome: 'failed', exitCode: 3, parts: 3, rows: 15 },
        faults: ['invoices', 'payments'].map((part) => ({
          ...{ part, outcome: 'failed', message: 'Cannot read it: 401' },
        })),
      },
      {
        ...{ runId: 'run-2', command: 'sync', startedAt: at(2), endedAt: at(2, 5) },
        ...{ outcome: 'ok', exitCode: 0, parts: 1, rows: 10, faults: [] },
      },
    ]);
  });

  test('knows builds: the model that failed before those that were not published', async () => {
    const build = { buildId: 'b', tenantId: '77', sqlSha256: '', startedAt: at(4) };
    const rest = { endedAt: at(4, 1), rows: null, durationMs: null, exitCode: 5 };
    await lab.warehouse().recordBuilds([
      {
        ...{ ...build, ...rest, model: 'st_dim.a', outcome: 'not published', message: 'no disk' },
      },
      { ...build, ...rest, model: 'st_dim.b', outcome: 'failed', message: 'no disk' },
    ]);
    expect(await read()).toMatchObject([
      { runId: 'b', command: 'build', outcome: 'failed', exitCode: 5, parts: 2 },
    ]);
    expect((await read())[0]?.faults.map(({ part }) => part)).toEqual(['st_dim.b', 'st_dim.a']);
  });

  test('a run without an end is unfinished where no other can be at work, or after a day', async () => {
    const running = { outcome: 'running', endedAt: null, exitCode: null } as const;
    await lab.warehouse().recordRuns([row(5, running), row(5, { entity: 'pay' })]);
    const outcomes = async (more: Partial<Parameters<typeof readRuns>[1]>) =>
      (await read(more)).map(({ outcome, endedAt }) => [outcome, endedAt]);
    expect(await outcomes({ now: at(5, 30) })).toEqual([['unfinished', null]]);
    expect(await outcomes({ now: at(5, 30), isAlone: false })).toEqual([['running', null]]);
    expect(await outcomes({ now: at(7), isAlone: false })).toEqual([['unfinished', null]]);
  });

  test('is of one tenant, of the days and of as many as asked for', async () => {
    await lab.warehouse().recordRuns([row(2), row(3), row(4), row(5, { tenantId: '78' })]);
    const days = async (more: Partial<Parameters<typeof readRuns>[1]>) =>
      (await read(more)).map(({ runId }) => runId);
    expect(await days({})).toEqual(['run-4', 'run-3', 'run-2']);
    expect(await days({ since: at(3) })).toEqual(['run-4', 'run-3']);
    expect(await days({ limit: 1 })).toEqual(['run-4']);
    expect(await days({ tenantId: '79' })).toEqual([]);
  });
});

describe('what to do about a run', () => {
  const next = async (): Promise<(string | null)[]> =>
    addNextSteps(await read()).map((run) => run.next);

  test.each([
    [2, /variable or option/],
    [3, /credentials or scopes.*repeat the command/],
    [4, /st_ops\.rejects/],
    [5, /disk is full/],
    [1, /report it/],
  ])('exit %i', async (exitCode, advice) => {
    await lab.warehouse().recordRuns([row(2), row(3, { ...failed, exitCode })]);
    expect(await next()).toEqual([expect.stringMatching(advice), null]);
  });

  test('of before the exit codes were kept: its message', async () => {
    await lab.warehouse().recordRuns([row(3, { ...failed, exitCode: null })]);
    expect(await next()).toEqual([expect.stringMatching(/see its message/)]);
  });

  test('nothing, once the same command has ended well', async () => {
    await lab.warehouse().recordRuns([row(3, failed), row(4), row(5, { command: 'backfill' })]);
    expect(await next()).toEqual([null, null, expect.stringMatching(/^nothing.*later sync/)]);
  });

  test('is written below the table, each message once', async () => {
    const others = ['a', 'b', 'c', 'd'].map((entity) => row(3, { entity, ...failed }));
    await lab.warehouse().recordRuns([row(2), ...others]);
    const lines = formatRuns(await read(), undefined).split('\n');
    expect(lines[2]).toMatch(/^2024-03-03 12:00:00 +sync +failed +300\.0 s +4 +40$/);
    expect(lines[3]).toMatch(/^2024-03-02 12:00:00 +sync +ok/);
    expect(lines.slice(4)).toEqual([
      '',
      '2024-03-03 12:00:00 sync: failed, exit 3 (run run-3)',
      '  a and 3 more: Cannot read it: 401',
      expect.stringMatching(/^ {2}What to do: do what the message says/),
    ]);
  });
});
