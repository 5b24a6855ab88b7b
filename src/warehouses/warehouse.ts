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
  /** Loads in the staging table, where each of their records is plain: none is rejected or drifts, and no key is twice. */
  plainLoads?: number;
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
  /** Of this outcome alone; null while it runs. */
  exitCode: number | null;
};

/** A tenant and when its latest build began, in UTC; the table `st_ops.tenants`. */
export type TenantRow = {
  tenantId: string;
  /** IANA name. */
  timeZone: string;
  builtAt: string;
};

/** How one model fared in one build; the table `st_ops.builds`. Instants are UTC. */
export type BuildRow = {
  buildId: string;
  tenantId: string;
  model: string;
  sqlSha256: string;
  rows: number | null;
  durationMs: number | null;
  startedAt: string;
  endedAt: string;
  outcome: 'ok' | 'failed' | 'not published' | 'stopped';
  message: string;
  /** Of the build. */
  exitCode: number;
};

/** A small table of texts that a person edits. */
export type Seed = { table: string; columns: readonly string[]; rows: readonly string[][] };

/** What a table of the build holds, in plain words, for those who look at it. */
export type TableText = {
  description: string;
  /** Columns that it lacks are passed over. */
  columns: readonly { name: string; description: string }[];
};

/** A table that is made of a query's rows. */
export type TableBuild = TableText & {
  /** `st_dim.dim_jobs`. */
  table: string;
  sql: string;
  /**
   * Names the column that holds the snapshot's date in a table that keeps what was; null for a table that each build
   * makes anew.
   */
  historyColumn: string | null;
};

/** What one build makes: the seeds, then the tables in this order, each of which may read those before it. */
export type BuildPlan = {
  seeds: readonly Seed[];
  tables: readonly TableBuild[];
  /**
   * Whose snapshot the histories get, and of which local date. Rows of other tenants are not written into a history:
   * their own builds do that. Nobody's (`tenantId` null): histories are made where they are missing, and stay as they
   * are.
   */
  snapshot: { tenantId: string | null; date: string };
  /** Aborted: nothing more is built, and nothing is published. Default: never. */
  signal?: AbortSignal;
};

export type BuiltTable = {
  table: string;
  /** Rows that the query gave; of a history, those of the snapshot. */
  rows: number;
  durationMs: number;
};

/** What setting up found or did about one thing. */
export type SetUp = {
  kind: 'file' | 'dataset' | 'table';
  name: string;
  outcome: 'created' | 'changed' | 'found';
  /** What was changed, or what is not as it would be made and stays so; '' for nothing. */
  remark: string;
};

/** Runs a query with named parameters (`@name` in the text). */
export type Query = (sql: string, parameters?: Readonly<Record<string, Value>>) => Promise<Row[]>;

/**
 * Stages sealed batches, commits them, runs SQL. The protocol: a batch is staged in a table of its own; one transaction
 * then checks the ledger, moves each batch's control row from `version` to `version + 1` (the fence), merges the rows
 * and writes the ledger.
 */
export type Warehouse = {
  kind: 'duckdb' | 'bigquery';
  /** Groups of different entities that are committed side by side, each in a transaction of its own. */
  commitsAtOnce: number;
  /** Creates datasets, state tables and raw tables that are missing, and adds missing columns. Can run again. */
  prepare: (entities: readonly Entity[]) => Promise<void>;
  /** Does what `prepare` does, mends descriptions and the like of what is there, and says what became of each thing. */
  setUp: (entities: readonly Entity[]) => Promise<SetUp[]>;
  readControls: (tenantId: string, entity?: string) => Promise<Control[]>;
  /** Inserts control rows (version 0, not done) for streams that have none; existing rows stay as they are. */
  planStreams: (streams: readonly PlannedStream[]) => Promise<void>;
  /** Sets streams back to "nothing read": cursor as given, not done, version moved on so that old batches are fenced. */
  restartStreams: (streams: readonly PlannedStream[]) => Promise<void>;
  /**
   * May run while another group is committed. The batches' files have to stay as they are until their own commit, which
   * may read them again.
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
  /** Inserts the rows, replacing those of the same build, tenant and model. */
  recordBuilds: (rows: readonly BuildRow[]) => Promise<void>;
  /** Inserts the tenant's row, or replaces it. */
  recordTenant: (row: TenantRow) => Promise<void>;
  /**
   * Builds everything aside, lets `inspect` look at it through its query, which sees the new tables, and publishes all
   * of it at once. Whatever throws before that, nothing has changed for anybody. `inspect` may be called again when
   * another writer was in the way.
   * - A seed is stored as texts; an empty one is NULL.
   * - A history is created when it is missing and never dropped: a column that it lacks is added, then the snapshot's
   *   rows (tenant and date) are replaced by the query's rows of that tenant.
   * @throws WarehouseError, with the table's name, when a table cannot be built; Stopped when the plan's signal was
   * aborted before it was published; whatever `inspect` throws.
   */
  buildTables: (plan: BuildPlan, inspect: (query: Query) => Promise<void>) => Promise<BuiltTable[]>;
  /** Runs statements of ours, `st_…` datasets prefixed as configured. */
  execute: (sql: string) => Promise<void>;
  query: Query;
  close: () => Promise<void>;
};
