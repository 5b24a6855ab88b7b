type Descriptions = Readonly<Record<string, string>>;

/** Columns that mean the same in every state table. */
const common: Descriptions = {
  tenant_id: 'The tenant of the source.',
  entity: 'The entity, by its name on the command line.',
  stream: 'What is read as one: sync, or one window of a backfill.',
  load_id: 'The load: a hash of what identifies the batch and of its bytes.',
  run_id: 'The invocation of a command; jobs carry it as the label fieldmart_run.',
  bytes_billed: 'Bytes billed for its query jobs; NULL where that was not written down.',
  slot_ms: 'Slot time of its jobs, in milliseconds; NULL where that was not written down.',
  started_at: 'When it began. UTC.',
  ended_at: 'When it ended. UTC.',
  exit_code: 'The exit code of its command; NULL while it runs.',
  message: 'Why it did not end well: one line without content of records.',
};

/** What each column of `st_ops` holds, table by table. */
const columns: Readonly<Record<string, Descriptions>> = {
  state: {
    name: 'version, or the raw table that the value speaks of.',
    value:
      'The version of the state; or what the typed columns of the table were computed by, as JSON.',
    changed_at: 'When the row was last changed. UTC.',
  },
  cursors: {
    stream_id: 'A random name of this very row: pages spooled for another are not taken for its.',
    version: 'Grows by one with each commit and each restart: the fence against a second writer.',
    cursor: 'Where reading goes on, as JSON.',
    done: 'Nothing is left to read in this stream.',
    rows_stored: 'Records that its batches held.',
    updated_at: 'When the row was last changed. UTC.',
  },
  ledger: {
    version: 'The version of the control row that the batch was read under.',
    cursor_from: 'The cursor before the batch, as JSON.',
    cursor_to: 'The cursor after it, as JSON.',
    rows: 'Records of the batch.',
    bytes: 'Bytes of the batch: its records as lines of JSON.',
    sha256: 'Hash of the hashes of its pages.',
    rows_inserted: 'Rows that the commit added to the raw table.',
    rows_updated: 'Rows that it changed.',
    rows_deleted: 'Rows that it marked as deleted, since a complete set no longer held them.',
    rejects: 'Records that could not be stored.',
    extracted_from: 'When the first of its pages arrived. UTC.',
    extracted_to: 'When the last of its pages arrived. UTC.',
    committed_at: 'When it was committed. UTC.',
  },
  costs: {
    entity: 'The entity or the model; empty where the job was for none of one.',
    step: 'What kind of work the jobs did; they carry it as the label fieldmart_step.',
    jobs: 'Number of jobs.',
    bytes_billed: 'Bytes billed for them.',
    slot_ms: 'Their slot time, in milliseconds.',
    ended_at: 'When this was written down. UTC.',
  },
  runs: {
    command: 'backfill or sync.',
    outcome: 'running, ok, failed or stopped.',
    rows: 'Records read.',
  },
  tenants: {
    time_zone: 'Its time zone, by its IANA name: every date in the marts is a local date there.',
    built_at: 'When its latest build began. UTC.',
  },
  builds: {
    build_id: 'The invocation of build; jobs carry it as the label fieldmart_run.',
    model: 'The table that was built.',
    sql_sha256: "Hash of the model's file.",
    rows: 'Rows written; of a history, those of the date of the build.',
    duration_ms: 'How long it took, in milliseconds.',
    outcome: 'ok, failed, not published or stopped.',
  },
  rejects: {
    position: 'Which record of the batch, counted from 1.',
    reason: 'Why it could not be stored.',
    key: 'Its id, if it has any.',
  },
  drift: {
    field: 'The column.',
    kind: 'In what way values do not fit.',
    first_seen: 'When such a value was first loaded. UTC.',
    last_seen: 'When such a value was last loaded. UTC.',
    count: 'How many there were.',
  },
};

/** What a column of a table of `st_ops` holds; '' for one that is not known. */
export const describeStateColumn = (table: string, column: string): string =>
  columns[table]?.[column] ?? common[column] ?? '';
