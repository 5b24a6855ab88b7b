import type { Batch } from '../../model.ts';
import { quoteInstant, quoteText } from './googlesql-text.ts';
import { literalRows, type Literal } from './literal-rows.ts';
import type { Cost, Purpose } from './session.ts';

/** What the jobs of one entity and step cost. */
export type StepCost = Purpose & Cost & { jobs: number };

/** What one load cost. */
export type LoadCost = Cost & { loadId: string };

const none: Cost = { bytesBilled: 0, slotMs: 0 };

const add = (a: Cost, b: Cost): Cost => ({
  bytesBilled: a.bytesBilled + b.bytesBilled,
  slotMs: a.slotMs + b.slotMs,
});

/** The whole number's part, as `bytes` to `total`, rounded down. */
const shareOf = (whole: number, bytes: number, total: number): number =>
  total === 0 ? 0 : Math.floor((whole / total) * bytes);

/** Batches that were staged and committed together share what that cost by their bytes; the first takes the rest. */
export const splitCost = (batches: readonly Batch[], cost: Cost): LoadCost[] => {
  const total = batches.reduce((sum, { bytes }) => sum + bytes, 0);
  const shares = batches.map(({ loadId, bytes }) => ({
    loadId,
    bytesBilled: shareOf(cost.bytesBilled, bytes, total),
    slotMs: shareOf(cost.slotMs, bytes, total),
  }));
  const given = shares.reduce(add, none);
  const rest = {
    bytesBilled: cost.bytesBilled - given.bytesBilled,
    slotMs: cost.slotMs - given.slotMs,
  };
  return shares.map((share, index) => (index === 0 ? { ...share, ...add(share, rest) } : share));
};

const shareUnits = 1_000_000_000;

/** The part of what all cost that each batch bears, by its bytes: decimals that come to 1 together. */
export const sharesOf = (batches: readonly Batch[]): Map<string, string> => {
  const shares = splitCost(batches, { bytesBilled: shareUnits, slotMs: 0 });
  return new Map(
    shares.map(({ loadId, bytesBilled: units }) => {
      const whole = Math.floor(units / shareUnits);
      return [loadId, `${whole}.${String(units % shareUnits).padStart(9, '0')}`];
    }),
  );
};

/** Adds up what jobs cost, until it is written down. */
export const openCosts = () => {
  let steps = new Map<string, StepCost>();
  const addStep = ({ entity, step, jobs, ...cost }: StepCost): void => {
    const name = JSON.stringify([entity, step]);
    const before = steps.get(name) ?? { entity, step, jobs: 0, ...none };
    steps.set(name, { ...before, ...add(before, cost), jobs: before.jobs + jobs });
  };
  return {
    count: ({ entity, step }: Purpose, { bytesBilled, slotMs }: Cost): void => {
      addStep({ entity, step, bytesBilled, slotMs, jobs: 1 });
    },
    /** What was counted since the last time. */
    take: (): StepCost[] => {
      const taken = [...steps.values()];
      steps = new Map();
      return taken;
    },
    /** What was taken, and could not be written down. */
    giveBack: (taken: readonly StepCost[]): void => {
      taken.forEach(addStep);
    },
  };
};

export type Costs = ReturnType<typeof openCosts>;

/** Counts for one staging what is counted for the run. */
export type Tally = { count: (purpose: Purpose, cost: Cost) => void; sum: () => Cost };

export const openTally = (count: Tally['count']): Tally => {
  let sum = none;
  return {
    count: (purpose, cost) => {
      sum = add(sum, cost);
      count(purpose, cost);
    },
    sum: () => sum,
  };
};

const int64 = (value: number): Literal => ({ type: 'int64', value });

const string = (value: string): Literal => ({ type: 'string', value });

/**
 * Adds what the steps of a run cost: rows are inserted and none is changed, so nothing is billed for those there are.
 * @param script What the script that this stands in is for: what that cost up to here is added too.
 */
export const writeCostsSql = (
  steps: readonly StepCost[],
  { runId, at }: { runId: string; at: string },
  script?: Purpose,
): string => {
  const rows = steps.map((cost) => ({
    run_id: string(runId),
    entity: string(cost.entity),
    step: string(cost.step),
    jobs: int64(cost.jobs),
    bytes_billed: int64(cost.bytesBilled),
    slot_ms: int64(cost.slotMs),
    ended_at: { type: 'timestamp', value: at } as const,
  }));
  const columns = 'run_id, entity, step, jobs, bytes_billed, slot_ms, ended_at';
  const selects = rows.length === 0 ? [] : [`select ${columns} from ${literalRows(rows)}`];
  if (script !== undefined) {
    const texts = [runId, script.entity, script.step].map(quoteText).join(', ');
    const own = `1, @@script.bytes_billed, @@script.slot_ms, ${quoteInstant(at)}`;
    selects.push(`select ${texts}, ${own}`);
  }
  return `insert into st_ops.costs (${columns})\n${selects.join('\nunion all ')}`;
};
