import type { Batch, Control, Entity, Json } from '../model.ts';

/** One value of a result row. Decimals and integers beyond 2^53 come as text, instants as ISO 8601 in UTC. */
export type Value = string | number | boolean | null | Value[];
export type Row = Record<string, Value>;

/** Batches of one entity that stand in a staging table of their own, verified, not yet visible. */
export type Staged = {
  entity: Entity;
  /** Those of the batches given that the ledger did not hold yet. */
  batches: Batch[];
  /** Handle of the staging table; meaningless to everyone but the warehouse. */
  table: string;
  rows: number;
  rejects: number;
};

/** What a commit changed in the raw table. */
export type Commit = {
  /** Load ids committed now; those found in the ledger are left out. */
  loadIds: string[];
  inserted: number;
  updated: number;
  /** Rows marked `_deleted` because a complete set no longer holds them. */
  deleted: number;
  rejects: number;
};

/** A new control row: planned, nothing read yet. */
export type PlannedStream = { tenantId: string; entity: string; stream: string; cursor: Json };

/** How one entity fared in one command; the table `st_ops.runs`. Instants are UTC. */
export type RunRow = {
  runId: string;
  command: string;
  tenantId: string;
  entity: string;
  startedAt: string;
  endedAt: string | null;
  outcome: 'running' | 'ok' | 'failed' | 'stopped';
  rows: number;
  message: string;
};

/**
 * Stages sealed batches, commits them, runs SQL. The protocol: a batch is staged in a table of its own; one transaction
 * then checks the ledger, moves each batch's control row from `version` to `version + 1` (the fence), merges the rows
 * and writes the ledger.
 */
export type Warehouse = {
  kind: 'duckdb' | 'bigquery';
  /** Creates datasets, state tables and raw tables that are missing, and adds missing columns. Can run again. */
  prepare: (entities: readonly Entity[]) => Promise<void>;
  readControls: (tenantId: string, entity?: string) => Promise<Control[]>;
  /** Inserts control rows (version 0, not done) for streams that have none; existing rows stay as they are. */
  planStreams: (streams: readonly PlannedStream[]) => Promise<void>;
  /** Sets streams back to "nothing read": cursor as given, not done, version moved on so that old batches are fenced. */
  restartStreams: (streams: readonly PlannedStream[]) => Promise<void>;
  /**
   * @throws WarehouseError when the stored row count differs from the manifests'.
   * @throws RecordError when more records are rejected than the limit allows.
   */
  stage: (entity: Entity, batches: readonly Batch[]) => Promise<Staged>;
  /** @throws WarehouseError when a control row is not at its batch's version: another writer got there first. */
  commit: (staged: Staged, runId: string) => Promise<Commit>;
  /** Drops a staging table, and with it nothing that counts. */
  dropStaged: (staged: Staged) => Promise<void>;
  /** Inserts the rows, replacing those of the same run, command and entity. */
  recordRuns: (rows: readonly RunRow[]) => Promise<void>;
  /** Replaces a small table (`st_ref.seed_…`) with rows of texts; an empty text is stored as NULL. */
  replaceRows: (
    table: string,
    columns: readonly string[],
    rows: readonly (readonly string[])[],
  ) => Promise<void>;
  /** Runs statements of ours, `st_…` datasets prefixed as configured. */
  execute: (sql: string) => Promise<void>;
  /** Runs a query with named parameters (`@name` in the text). */
  query: (sql: string, parameters?: Readonly<Record<string, Value>>) => Promise<Row[]>;
  /** Runs the statements in one transaction: all or none. */
  transact: (statements: readonly string[]) => Promise<void>;
  close: () => Promise<void>;
};
