import type { Batch } from '../../model.ts';
import { stateTables } from '../state-tables.ts';
import { quoteColumn } from './googlesql-text.ts';
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

/** Adds up what jobs cost, until it is written down. */
export const openCosts = () => {
  let steps = new Map<string, StepCost>();
  let loads: LoadCost[] = [];
  return {
    count: ({ entity, step }: Purpose, cost: Cost): void => {
      const name = JSON.stringify([entity, step]);
      const before = steps.get(name) ?? { entity, step, jobs: 0, ...none };
      steps.set(name, { ...before, ...add(before, cost), jobs: before.jobs + 1 });
    },
    countLoads: (batches: readonly Batch[], cost: Cost): void => {
      if (batches.length > 0) loads.push(...splitCost(batches, cost));
    },
    /** What was counted since the last time. */
    take: (): { steps: StepCost[]; loads: LoadCost[] } => {
      const taken = { steps: [...steps.values()], loads };
      steps = new Map();
      loads = [];
      return taken;
    },
  };
};

/** Counts for one load what is counted for the run. */
export type Tally = { count: (purpose: Purpose, cost: Cost) => void; take: () => Cost };

export const openTally = (count: Tally['count']): Tally => {
  let sum = none;
  return {
    count: (purpose, cost) => {
      sum = add(sum, cost);
      count(purpose, cost);
    },
    take: () => {
      const taken = sum;
      sum = none;
      return taken;
    },
  };
};

const int64 = (value: number): Literal => ({ type: 'int64', value });

const string = (value: string): Literal => ({ type: 'string', value });

/** Adds what the steps of a run cost. */
export const writeCostsSql = (
  steps: readonly StepCost[],
  { runId, at }: { runId: string; at: string },
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
  const names = (stateTables.costs ?? []).map(({ name }) => quoteColumn(name)).join(', ');
  return `insert into st_ops.costs (${names})\nselect ${names} from ${literalRows(rows)}`;
};

/** Writes into the ledger what loads cost. */
export const writeLoadCostsSql = (loads: readonly LoadCost[]): string => {
  const rows = loads.map(({ loadId, bytesBilled, slotMs }) => ({
    load_id: string(loadId),
    bytes_billed: int64(bytesBilled),
    slot_ms: int64(slotMs),
  }));
  return `update st_ops.ledger as l
set bytes_billed = c.bytes_billed, slot_ms = c.slot_ms
from ${literalRows(rows)} as c
where l.load_id = c.load_id`;
};
