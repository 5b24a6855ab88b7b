import type { Row, Warehouse } from '../warehouses/warehouse.ts';

/** How one entity or model fared, where it did not fare well. */
export type Fault = { part: string; outcome: string; message: string };

/** One invocation of `backfill`, `sync` or `build`. Instants are UTC. */
export type PastRun = {
  runId: string;
  command: string;
  startedAt: string;
  /** Null where it never came to its end. */
  endedAt: string | null;
  /**
   * `unfinished`: it ended without a word, as a killed one does. `running`: perhaps that, perhaps it still runs.
   */
  outcome: 'ok' | 'failed' | 'stopped' | 'running' | 'unfinished';
  /** Of the first fault; null where none is known. */
  exitCode: number | null;
  /** Entities or models. */
  parts: number;
  rows: number;
  faults: Fault[];
};

const partsSql = `
  select run_id, command, entity as part, started_at, ended_at, outcome, t.rows as part_rows, message, exit_code
  from st_ops.runs as t
  where tenant_id = @tenant
  union all
  select build_id, 'build', model, started_at, ended_at, outcome, t.rows, message, exit_code
  from st_ops.builds as t
  where tenant_id = @tenant`;

/** Its limit is a whole number of ours, which a parameter cannot be. */
const latestSql = (limit: number): string => `
with parts as (${partsSql}),
latest as (
  select run_id, command, min(started_at) as began_at
  from parts
  group by run_id, command
  having min(started_at) >= cast(@since as timestamp)
  order by began_at desc, run_id, command
  limit ${limit}
)
select latest.began_at, parts.*
from parts
inner join latest on parts.run_id = latest.run_id and parts.command = latest.command
order by latest.began_at desc, parts.run_id, parts.command, parts.part`;

/** A run that began longer ago runs no more. */
const runHoursMax = 24;

/** The gravest of what the parts say. */
const outcomeOf = (
  parts: readonly Row[],
  { startedAt, isAlone, now }: { startedAt: string; isAlone: boolean; now: string },
): PastRun['outcome'] => {
  const has = (outcome: string): boolean => parts.some((part) => part.outcome === outcome);
  if (has('failed') || has('not published')) return 'failed';
  if (has('running')) {
    const hours = (Date.parse(now) - Date.parse(startedAt)) / 3_600_000;
    return isAlone || hours > runHoursMax ? 'unfinished' : 'running';
  }
  return has('stopped') ? 'stopped' : 'ok';
};

const toFault = (part: Row): Fault => ({
  ...{ part: String(part.part), outcome: String(part.outcome) },
  message: String(part.message ?? ''),
});

const toRun = (parts: readonly Row[], about: { isAlone: boolean; now: string }): PastRun => {
  const [first] = parts;
  const startedAt = String(first?.began_at);
  const ends = parts.map(({ ended_at: endedAt }) => endedAt);
  const bad = parts.filter(({ outcome }) => outcome !== 'ok');
  // The model that failed comes before those that were not published for it.
  const gravest = [
    ...bad.filter(({ outcome }) => outcome === 'failed'),
    ...bad.filter(({ outcome }) => outcome !== 'failed'),
  ];
  const exitCode = gravest[0]?.exit_code ?? (bad.length === 0 ? 0 : null);
  return {
    runId: String(first?.run_id),
    command: String(first?.command),
    startedAt,
    endedAt: ends.includes(null) ? null : (ends.map(String).sort().at(-1) ?? null),
    outcome: outcomeOf(parts, { ...about, startedAt }),
    exitCode: exitCode === null ? null : Number(exitCode),
    parts: parts.length,
    rows: parts.reduce((sum, part) => sum + Number(part.part_rows ?? 0), 0),
    faults: gravest.filter(({ outcome }) => outcome !== 'running').map(toFault),
  };
};

/**
 * The latest runs, the newest first.
 * @param options `since` is the UTC instant from which on they began, `limit` how many at most. `isAlone` says that no
 * other process has the warehouse open, so that what seems to run does not.
 */
export const readRuns = async (
  warehouse: Pick<Warehouse, 'query'>,
  options: { tenantId: string; since: string; limit: number; now: string; isAlone: boolean },
): Promise<PastRun[]> => {
  const { tenantId, since, limit, ...about } = options;
  const rows = await warehouse.query(latestSql(limit), { tenant: tenantId, since });
  const runs = new Map<string, Row[]>();
  for (const row of rows) {
    const key = `${String(row.run_id)} ${String(row.command)}`;
    runs.set(key, [...(runs.get(key) ?? []), row]);
  }
  return [...runs.values()].map((parts) => toRun(parts, about));
};
