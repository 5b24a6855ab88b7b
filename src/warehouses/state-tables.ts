/** A column of a state table. `text` holds JSON where the name says cursor. */
export type StateColumn = { name: string; type: 'text' | 'integer' | 'boolean' | 'instant' };

const columns = (type: StateColumn['type'], ...names: string[]): StateColumn[] =>
  names.map((name) => ({ name, type }));

/** The tables of `st_ops`. They hold no content of records. */
export const stateTables: Readonly<Record<string, readonly StateColumn[]>> = {
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
   * the rows of its raw table.
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
  ],
  /** One row per run, command, tenant and entity. */
  runs: [
    ...columns('text', 'run_id', 'command', 'tenant_id', 'entity'),
    ...columns('instant', 'started_at', 'ended_at'),
    ...columns('text', 'outcome'),
    ...columns('integer', 'rows'),
    ...columns('text', 'message'),
  ],
  /** Records that could not be stored. `position` counts the records of the batch from 1; `key` is its id, if any. */
  rejects: [
    ...columns('text', 'load_id', 'tenant_id', 'entity'),
    ...columns('integer', 'position'),
    ...columns('text', 'reason', 'key'),
  ],
  /** Values that did not fit their column's type and are NULL there; the payload still has them. */
  drift: [
    ...columns('text', 'tenant_id', 'entity', 'field', 'kind'),
    ...columns('instant', 'first_seen', 'last_seen'),
    ...columns('integer', 'count'),
  ],
};
