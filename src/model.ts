/**
 * The words of the project as types. Every room speaks in these; this file imports nothing of ours.
 *
 * Instants are ISO 8601 text in UTC (`2024-03-01T07:00:00.000Z`); windows are half-open `[from, to)`.
 */

/** JSON as it stands in cursors, journals and manifests. */
export type Json = string | number | boolean | null | Json[] | { [key: string]: Json };

/**
 * What a field of a record holds.
 * `decimal` is a JSON number, `decimalText` a decimal that the source writes as a JSON string; both become an
 * exact decimal column. `json` is an array or object that stays in the payload and gets no column.
 */
export type FieldType =
  'int64' | 'decimal' | 'decimalText' | 'float64' | 'bool' | 'string' | 'timestamp' | 'json';

/** A typed column of a raw table, computed from the payload in SQL at the commit. */
export type Column = {
  /** As the source names it; a nested reference is flattened: `businessUnit.id` → `businessUnitId`. */
  name: string;
  /** Path inside the record, outermost first: `['businessUnit', 'id']`. */
  path: string[];
  type: Exclude<FieldType, 'json'>;
};

/** What identifies a record inside a tenant. */
export type Key =
  | { kind: 'id' }
  /**
   * `id` where the source gives one, otherwise a hash of `fields` and an ordinal among the records of one complete
   * set that are equal in all of them. Only sound where batches are complete sets (see {@link Scope}).
   */
  | { kind: 'idOrFields'; fields: string[] };

/** One collection of a source, as the warehouse and the pipeline see it. */
export type Entity = {
  /** The name on the command line, in kebab-case: `invoice-items`. */
  name: string;
  /** The raw table's name: `raw_invoice_items`. */
  table: string;
  columns: Column[];
  key: Key;
  /** The column with the immutable date a raw table is partitioned by; absent where the source has none. */
  createdColumn: string | undefined;
  /** The column that decides which of two versions is newer; absent where the source has none. */
  modifiedColumn: string | undefined;
  /** How a backfill reads it. */
  backfill: 'window' | 'whole' | 'feed';
  /** Traits of its windows, where a backfill reads windows. */
  windows: {
    /** How much history a window holds at most. */
    months: number;
    /** The date is a calendar date (midnight UTC), and may lie ahead. */
    calendar: boolean;
    /** Each window is a complete set: stored rows that it no longer holds are marked deleted. */
    replaces: boolean;
  };
  /** Traits of its export feed. */
  feed: {
    /** Its rows say what the list's do not (which records are inactive): a backfill reads it after the list. */
    completes: boolean;
    /** Records without any date exist, which only the whole feed reaches. */
    fromStart: boolean;
  };
  /** How an incremental sync reads it. */
  sync: 'feed' | 'modified' | 'whole' | 'sets';
};

/** Half-open interval of UTC instants. */
export type Window = { from: string; to: string };

/**
 * What one stream reads.
 * - `window`: the records whose date (see the entity) lies in the window.
 * - `whole`: every record of the entity: a complete set.
 * - `feed`: the export feed from the beginning, from a date, or on from a position.
 * - `modified`: the records modified at or after `from`; `to` is when the read began.
 * - `sets`: what the export feed says has changed, each touched set (a payroll) re-read whole.
 */
export type Read =
  | { kind: 'window'; window: Window }
  | { kind: 'whole' }
  | { kind: 'feed'; from: string | null }
  | { kind: 'modified'; window: Window }
  | { kind: 'sets'; from: string };

/**
 * The set of stored rows that a batch replaces completely: rows of the scope that the batch does not hold become
 * `_deleted`. `null`: the batch replaces nothing, it is only merged.
 */
export type Scope =
  | null
  | { kind: 'all' }
  | { kind: 'range'; column: string; window: Window }
  | { kind: 'values'; column: string; values: string[] };

/**
 * How records depart from what is known of their entity: `kind` is `appeared`, `vanished`, or what the field's value
 * is and should not be (`is a number`); `count` the records concerned.
 */
export type Drift = { field: string; kind: string; count: number };

/** One response of the source, cut into records. */
export type Page = {
  /**
   * The records as received, one a line, each ended by a newline. Their memory belongs to whom the page was given: it is
   * given back when they are written.
   */
  lines: Buffer;
  rows: number;
  /** UTC instant at which the response arrived, by the source's clock where it has one. */
  extractedAt: string;
  /** Where reading goes on after this page; for a finished feed, where the next sync starts. */
  position: Json;
  /** Nothing more to read now. */
  done: boolean;
  /** With this page a complete set ends, and this is its scope; pages of one set are never split over batches. */
  scope: Scope;
  /** What its records have that the source did not use to send, and the other way round; left out where nothing. */
  drift?: readonly Drift[];
  /**
   * The set moved while it was paged: what was read of it since the last complete set is void, and reading starts over
   * at `position`.
   */
  again?: true;
};

/** A source of records: one tenant of one API. */
export type Source = {
  name: string;
  tenantId: string;
  entities: Entity[];
  /**
   * Reads the page at `position`, or the first page of `read` when it is null.
   * @throws SourceError when the source refuses or stays unreachable.
   */
  readPage: (entity: Entity, read: Read, position: Json) => Promise<Page>;
  /**
   * How far the source's clock is ahead of this machine's, in milliseconds; 0 where it cannot be asked. Left out where
   * the source has none.
   */
  readSkewMs?: () => Promise<number>;
  close: () => Promise<void>;
};

/** A stream's control row: one per tenant, entity and stream name; the only truth about how far it is. */
export type Control = {
  tenantId: string;
  entity: string;
  /** `sync`, or `backfill <from>..<to>`. */
  stream: string;
  /** Random, given when the row was made: tells the same stream of two databases apart. */
  streamId: string;
  /** Grows by one with each commit: the fence against a second writer. */
  version: number;
  cursor: Json;
  done: boolean;
  rowsStored: number;
  updatedAt: string;
};

/** A sealed spool file: one load. */
export type Batch = {
  /** Hash of tenant, entity, stream, control version, cursors and content: the same batch has the same id. */
  loadId: string;
  tenantId: string;
  entity: string;
  stream: string;
  /** The control version this batch was read under; the commit moves it to `version + 1`. */
  version: number;
  cursorFrom: Json;
  cursorTo: Json;
  /** The stream is complete with this batch. */
  done: boolean;
  /** NDJSON of the records, as received. */
  file: string;
  rows: number;
  bytes: number;
  /** Of the SHA-256 of each page's lines. */
  sha256: string;
  /** In file order; rows are counted from the file's start. */
  pages: { rows: number; extractedAt: string; drift?: readonly Drift[] }[];
  scope: Scope;
};

/** One thing that is looked at before a run needs it. */
export type Examination = {
  /** What it is about: `token`, `dataset st_raw`; no two are about the same. */
  about: string;
  /** Others, before it in the list, that must be well for it to be worth a look. */
  needs?: readonly string[];
  /**
   * @returns what was found, in words, when all is well.
   * @throws an operating error that names the mend, or an AggregateError of several.
   */
  look: () => Promise<string>;
};
