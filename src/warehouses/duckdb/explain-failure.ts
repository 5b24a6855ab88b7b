import { types } from 'node:util';
import { WarehouseError } from '../../errors.ts';

type Explanation = {
  pattern: RegExp;
  explain: (path: string, found: RegExpExecArray) => string;
  /** Nothing more can be done with the file until it is opened anew, at least. */
  isFinal?: true;
};

const heldPattern = /(?:Could not set lock|Conflicting lock|being used by another process)[^]*/;

const conflictPattern = /Transaction conflict|write-write conflict|Conflict on/i;

/** DuckDB has given up the database; what led to that stands in the message too. */
const fatalPattern = /database (?:"[^"]*" )?has been invalidated|FATAL Error/i;

const memoryPattern =
  /Out of Memory|(?:failed to|could not) (?:allocate|pin|resize|offload)|max_temp_directory_size/i;

/** Memory that ran out in a commit or a rollback. After a commit DuckDB still takes what it deleted for being deleted. */
const lastMemoryPattern = new RegExp(
  `(?:Failed to commit|${fatalPattern.source})[^]*(?:${memoryPattern.source})`,
  'i',
);

/** The process that has the file, by its id, where DuckDB says so. */
const pidIn = (message: string): number | undefined => {
  const pid = /\(PID (\d+)\)/.exec(message)?.[1];
  return pid === undefined ? undefined : Number(pid);
};

const explanations: Explanation[] = [
  {
    pattern: heldPattern,
    explain: (path, found) => {
      const pid = pidIn(found[0]);
      const holder = pid === undefined ? 'another process' : `another process (pid ${pid})`;
      return `Cannot open ${path}: ${holder} holds it; wait for it to end, or stop it, and repeat the command`;
    },
  },
  {
    pattern: /not a valid DuckDB database file/,
    explain: (path) =>
      `Cannot open ${path}: it is not a DuckDB database; set DUCKDB_PATH to another file, or move this one away`,
  },
  {
    pattern: /version number|created with (?:a )?newer|storage version/i,
    explain: (path) =>
      `Cannot open ${path}: another version of DuckDB wrote it; use the fieldmart version that wrote it`,
  },
  {
    isFinal: true,
    pattern: /No space left|could not write all|disk (?:is )?full/i,
    explain: (path) =>
      `Cannot write ${path}: the disk is full; free some space and repeat the command to go on`,
  },
  {
    isFinal: true,
    pattern: /Disk quota exceeded/i,
    explain: (path) =>
      `Cannot write ${path}: the disk quota is used up; free some space and repeat the command to go on`,
  },
  {
    isFinal: true,
    pattern: /File too large/i,
    explain: (path) =>
      `Cannot write ${path}: a limit on the size of files is reached; raise it (ulimit -f) and repeat the command to go on`,
  },
  {
    isFinal: true,
    pattern: /Input\/output error/i,
    explain: (path) =>
      `Cannot use ${path}: the disk cannot be read or written; set DUCKDB_PATH to another disk`,
  },
  {
    isFinal: true,
    pattern: lastMemoryPattern,
    explain: (path) =>
      `Cannot use ${path}: DuckDB ran out of memory and gave up; repeat the command, which goes on from what was ` +
      'committed, and lower BATCH_BYTES_MAX if it stays',
  },
  {
    isFinal: true,
    pattern: fatalPattern,
    explain: (path) =>
      `Cannot use ${path}: DuckDB stopped after a fatal error; repeat the command, and restore a backup if it stays`,
  },
  {
    pattern: memoryPattern,
    explain: (path) =>
      `Cannot go on with ${path}: memory is not enough; lower BATCH_BYTES_MAX if it was a load, and free some space ` +
      'beside the file, where DuckDB writes what memory does not hold',
  },
  {
    pattern: conflictPattern,
    explain: (path) =>
      `Cannot write ${path}: another transaction changed the same rows; repeat the command`,
  },
  {
    pattern: /Permission denied|Read-only file system|read-only mode|EACCES|EROFS|EPERM/,
    explain: (path) =>
      `Cannot write ${path}: permission denied; make the file and its directory writable for this user`,
  },
  {
    pattern: /Is a directory|EISDIR/,
    explain: (path) => `Cannot open ${path}: it is a directory; set DUCKDB_PATH to a file`,
  },
  {
    pattern: /Cannot open file|Could not read from file|ENOENT|ENOTDIR|EEXIST/,
    explain: (path) =>
      `Cannot open ${path}: the file system refused; check that its directory exists and can be written`,
  },
];

/** These messages quote what was read, in which any of the patterns may stand. */
const quotesInput = /^(?:Invalid Input|Conversion|Parser|Binder) Error/;

const findExplanation = (message: string): Explanation | undefined =>
  quotesInput.test(message) ? undefined : explanations.find(({ pattern }) => pattern.test(message));

/** A WarehouseError for a failure that an operator can mend; undefined for anything else, which is a bug. */
export const explainFailure = (error: unknown, path: string): WarehouseError | undefined => {
  if (!types.isNativeError(error)) return undefined;
  const explanation = findExplanation(error.message);
  const found = explanation?.pattern.exec(error.message);
  if (explanation === undefined || !found) return undefined;
  return new WarehouseError(explanation.explain(path, found), { cause: error });
};

const explanationOf = (error: unknown): Explanation | undefined =>
  error instanceof WarehouseError && types.isNativeError(error.cause)
    ? findExplanation(error.cause.message)
    : undefined;

/** Another transaction was in the way; the same one may succeed when it is run again. */
export const isConflict = (error: unknown): boolean =>
  explanationOf(error)?.pattern === conflictPattern;

/** Another process has the file open. */
export const isHeld = (error: unknown): boolean => explanationOf(error)?.pattern === heldPattern;

/** The id of that process; undefined where DuckDB does not say. */
export const readHolder = (error: unknown): number | undefined =>
  error instanceof WarehouseError && types.isNativeError(error.cause)
    ? pidIn(error.cause.message)
    : undefined;

/** The file takes no more, until it is opened anew at least: whatever is tried again fails. */
export const isFinal = (error: unknown): boolean => explanationOf(error)?.isFinal === true;

/** Memory ran out in a commit, which was not made: with more it may succeed, once the file is opened anew. */
export const isEndOfMemory = (error: unknown): boolean =>
  explanationOf(error)?.pattern === lastMemoryPattern;

/** The file was detached, but memory was not enough for its checkpoint: the log holds the rest. */
export const isDetachedWithoutCheckpoint = (error: unknown): boolean =>
  error instanceof WarehouseError &&
  types.isNativeError(error.cause) &&
  /CHECKPOINT during DETACH failed/i.test(error.cause.message) &&
  memoryPattern.test(error.cause.message);

/** DuckDB may hold too little memory for what it was asked to do: with more it may succeed. */
export const isOutOfMemory = (error: unknown): boolean =>
  explanationOf(error)?.pattern === memoryPattern ||
  (error instanceof WarehouseError && isOutOfMemory(error.cause));
