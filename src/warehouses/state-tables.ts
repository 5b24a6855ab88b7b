/** A column of a state table. `text` holds JSON where the name says cursor. */
export type StateColumn = { name: string; type: 'text' | 'integer' | 'boolean' | 'instant' };

const columns = (type: StateColumn['type'], ...names: string[]): StateColumn[] =>
  names.map((name) => ({ name, type }));

/** The tables of `st_ops`. They hold no content of records. */
export const stateTables: Readonly<Record<string, readonly StateColumn[]>> = {
  /**
   * What the state itself is: a row `version` (see state-version.ts), and one for each raw table with the contract that
   * its typed columns were computed by (see contract.ts).
   */
  state: [...columns('text', 'name', 'value'), ...columns('instant', 'changed_at')],
  /**
   * One row per stream, updated in place: `version` is the fence, `cursor` where reading goes on, `stream_id` a random
   * name of this very row, so that what was spooled for another database is not taken for its own.
   */
  cursors: [
    ...columns('text', 'tenant_id', 'entity', 'stream', 'stream_id'),
    ...columns('integer', 'version'),
    ...columns('text', 'cursor'),
    ...columns('boolean', 'done'),
    ...columns('integer', 'rows_stored'),
    ...columns('instant', 'updated_at'),
  ],
  /**
   * One row per committed batch. `rows` counts the records of the batch; `rows_inserted` summed over an entity equals
   * the rows of its raw table. Bytes billed and slot time are those of staging and committing it, as far as this process
   * sent the jobs; NULL where nothing is billed.
   */
  ledger: [
    ...columns('text', 'load_id', 'tenant_id', 'entity', 'stream'),
    ...columns('integer', 'version'),
    ...columns('text', 'cursor_from', 'cursor_to'),
    ...columns('integer', 'rows', 'bytes'),
    ...columns('text', 'sha256'),
    ...columns('integer', 'rows_inserted', 'rows_updated', 'rows_deleted', 'rejects'),
    ...columns('instant', 'extracted_from', 'extracted_to', 'committed_at'),
    ...columns('text', 'run_id'),
    ...columns('integer', 'bytes_billed', 'slot_ms'),
  ],
  /**
   * What the jobs of a run cost, by entity (or model, or none) and step, written with each commit and at the end of the
   * run; no rows where nothing is billed.
   */
  costs: [
    ...columns('text', 'run_id', 'entity', 'step'),
    ...columns('integer', 'jobs', 'bytes_billed', 'slot_ms'),
    ...columns('instant', 'ended_at'),
  ],
  /** One row per run, command, tenant and entity. `exit_code` is that of its own outcome; NULL while it runs. */
  runs: [
    ...columns('text', 'run_id', 'command', 'tenant_id', 'entity'),
    ...columns('instant', 'started_at', 'ended_at'),
    ...columns('text', 'outcome'),
    ...columns('integer', 'rows'),
    ...columns('text', 'message'),
    ...columns('integer', 'exit_code'),
  ],
  /** One row per tenant: its time zone, and when its latest build began. The models take both from here. */
  tenants: [...columns('text', 'tenant_id', 'time_zone'), ...columns('instant', 'built_at')],
  /**
   * One row per build and model. `sql_sha256` is the hash of the model's file, `rows` what was written: of a history,
   * the rows of the build's date. What was not published has neither rows nor duration, unless it had been built.
   */
  builds: [
    ...columns('text', 'build_id', 'tenant_id', 'model', 'sql_sha256'),
    ...columns('integer', 'rows', 'duration_ms'),
    ...columns('instant', 'started_at', 'ended_at'),
    ...columns('text', 'outcome', 'message'),
    ...columns('integer', 'exit_code'),
  ],
  /** Records that could not be stored. `position` counts the records of the batch from 1; `key` is its id, if any. */
  rejects: [
    ...columns('text', 'load_id', 'tenant_id', 'entity'),
    ...columns('integer', 'position'),
    ...columns('text', 'reason', 'key'),
  ],
  /**
   * How records depart from the contract: fields that appeared or vanished, values of another kind, and values that did
   * not fit their column's type and are NULL there. The payload still has them all.
   */
  drift: [
    ...columns('text', 'tenant_id', 'entity', 'field', 'kind'),
    ...columns('instant', 'first_seen', 'last_seen'),
    ...columns('integer', 'count'),
  ],
};

/** What identifies a row of the tables whose rows are written whole: a row replaces the one of the same key. */
export const rowKeys = {
  state: ['name'],
  runs: ['run_id', 'command', 'tenant_id', 'entity'],
  tenants: ['tenant_id'],
  builds: ['build_id', 'tenant_id', 'model'],
} as const;

/** The property of a row of ours that a column holds: `run_id` is `runId`. */
export const propertyOf = (column: string): string =>
  column.replace(/_([a-z0-9])/g, (_, letter: string) => letter.toUpperCase());
