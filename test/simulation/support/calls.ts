import type { Batch, Control, Entity } from '../../../src/model.ts';
import type { Commit, PlannedStream, RunRow, Staged } from '../../../src/warehouses/warehouse.ts';

/** A batch with what its file holds at the moment of the call. */
export type BatchWithBytes = { batch: Batch; content: Buffer };

/** What a program asks of the warehouse, as data: so that the calls of many schedules can be made together. */
export type Call =
  | { kind: 'readControls'; tenantId: string; entity: string | undefined }
  | { kind: 'planStreams'; streams: readonly PlannedStream[] }
  | { kind: 'restartStreams'; streams: readonly PlannedStream[] }
  | { kind: 'recordRuns'; rows: readonly RunRow[] }
  | { kind: 'stage'; entity: Entity; batches: readonly BatchWithBytes[] }
  | { kind: 'commit'; staged: Staged; runId: string }
  | { kind: 'dropStaged'; staged: Staged }
  | { kind: 'execute'; sql: string }
  | { kind: 'inspect'; tenantId: string };

/** What a tenant's tables hold, of one entity. */
export type Snapshot = {
  controls: readonly Pick<Control, 'stream' | 'version' | 'cursor' | 'done'>[];
  ledger: readonly {
    stream: string;
    version: number;
    loadId: string;
    cursorFrom: string;
    cursorTo: string;
    rowsInserted: number;
  }[];
  rows: readonly { payload: string; deleted: boolean }[];
};

/** The answer to each kind of call; an inspection answers by entity. */
export type Answers = {
  readControls: Control[];
  planStreams: undefined;
  restartStreams: undefined;
  recordRuns: undefined;
  stage: Staged;
  commit: Commit;
  dropStaged: undefined;
  execute: undefined;
  inspect: ReadonlyMap<string, Snapshot>;
};
