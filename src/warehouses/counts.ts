import type { Batch } from '../model.ts';

/** What one batch changed. */
export type Counts = { inserted: number; updated: number; deleted: number; rejects: number };

/** One row of the ledger. */
export type LedgerEntry = { batch: Batch; counts: Counts };

/** When (an instant) and by which run a commit is made. */
export type Stamp = { at: string; runId: string };

export const sumCounts = (counts: readonly Counts[]): Counts => {
  const sum = (name: keyof Counts) => counts.reduce((total, count) => total + count[name], 0);
  return {
    inserted: sum('inserted'),
    updated: sum('updated'),
    deleted: sum('deleted'),
    rejects: sum('rejects'),
  };
};
