import { BigqueryFailure } from './failure.ts';

/** A column of a table or a result, as the API writes it. */
export type Field = {
  name: string;
  type: string;
  mode?: string;
  description?: string;
  fields?: Field[];
};

/** What a job has come to. */
export type Job = {
  id: string;
  done: boolean;
  failure: BigqueryFailure | null;
  /** Rows that a load job wrote; null for others. */
  rowsLoaded: number | null;
  /** Of a dry run: what it would read. */
  bytesProcessed: number;
  bytesBilled: number;
  slotMs: number;
  /** Of a dry run of a query: its columns. */
  columns: Field[];
};

type Resource = {
  jobReference?: { jobId?: string };
  status?: { state?: string; errorResult?: { reason?: string; message?: string } };
  statistics?: {
    totalSlotMs?: string | number;
    totalBytesProcessed?: string;
    query?: { totalBytesBilled?: string; schema?: { fields?: Field[] } };
    load?: { outputRows?: string };
  };
};

const numberOf = (text: string | number | undefined): number => Number(text ?? 0);

/** Reads a job resource of the API. */
export const readJob = (resource: unknown): Job => {
  const { jobReference, status, statistics } = resource as Resource;
  const error = status?.errorResult;
  const rows = statistics?.load?.outputRows;
  return {
    id: jobReference?.jobId ?? '',
    done: status?.state === 'DONE',
    failure:
      error === undefined
        ? null
        : new BigqueryFailure(error.message ?? 'no message', {
            status: null,
            reason: error.reason ?? 'unknown',
          }),
    rowsLoaded: rows === undefined ? null : Number(rows),
    bytesProcessed: numberOf(statistics?.totalBytesProcessed),
    bytesBilled: numberOf(statistics?.query?.totalBytesBilled),
    slotMs: numberOf(statistics?.totalSlotMs),
    columns: statistics?.query?.schema?.fields ?? [],
  };
};
