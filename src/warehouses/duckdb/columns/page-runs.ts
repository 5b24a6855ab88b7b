import type { Batch } from '../../../model.ts';
import { encodeRuns, type Chunk, type FileColumn } from './parquet.ts';

/** Columns that come from the batch and the page, not from the record. */
export const runColumns: readonly FileColumn[] = [
  { name: 'tenant_id', type: 'string' },
  { name: '_load_id', type: 'string' },
  { name: '_extracted_at', type: 'timestamp' },
];

type PageRun = { batch: Batch; extractedAt: bigint; rows: number };

/** Which rows came with which page. */
export type PageRuns = {
  /** Takes the next records of a batch; false when its pages do not hold so many. */
  take: (rows: number) => boolean;
  /** Goes on with another batch. */
  enter: (batch: Batch) => void;
  /** Whether the batch's pages hold no more. */
  isOver: () => boolean;
  /** The chunks of the rows since the last time. */
  encode: () => Chunk[];
};

const toMicros = (instant: string): bigint => BigInt(Date.parse(instant)) * 1000n;

export const createPageRuns = (): PageRuns => {
  let runs: PageRun[] = [];
  let pages: PageRun[] = [];
  /** Rows of the page that were not taken yet, and those taken that are in no run. */
  let [left, taken] = [0, 0];

  const endRun = (): void => {
    const page = pages[0];
    if (page !== undefined && taken > 0) runs.push({ ...page, rows: taken });
    taken = 0;
  };
  const skipEmpty = (): void => {
    while (left === 0 && pages.length > 0) {
      endRun();
      pages.shift();
      left = pages[0]?.rows ?? 0;
    }
  };

  return {
    enter: (batch) => {
      pages = batch.pages.map(({ rows, extractedAt }) => ({
        ...{ batch, rows, extractedAt: toMicros(extractedAt) },
      }));
      left = pages[0]?.rows ?? 0;
      skipEmpty();
    },
    take: (rows) => {
      for (let wanted = rows; wanted > 0;) {
        if (left === 0) return false;
        const now = Math.min(wanted, left);
        taken += now;
        left -= now;
        wanted -= now;
        if (left === 0) skipEmpty();
      }
      return true;
    },
    isOver: () => left === 0,
    encode: () => {
      endRun();
      const done = runs;
      runs = [];
      return [
        encodeRuns(done.map(({ batch, rows }) => ({ value: batch.tenantId, rows }))),
        encodeRuns(done.map(({ batch, rows }) => ({ value: batch.loadId, rows }))),
        encodeRuns(done.map(({ extractedAt, rows }) => ({ value: extractedAt, rows }))),
      ];
    },
  };
};
