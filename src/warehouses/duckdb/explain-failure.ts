import { types } from 'node:util';
import { WarehouseError } from '../../errors.ts';

type Explanation = {
  pattern: RegExp;
  explain: (path: string, found: RegExpExecArray) => string;
  /** Nothing more can be written. */
  isOfDisk?: true;
};

const heldPattern = /(?:Could not set lock|Conflicting lock|being used by another process)[^]*/;

const explanations: Explanation[] = [
  {
    pattern: heldPattern,
    explain: (path, found) => {
      const pid = /\(PID (\d+)\)/.exec(found[0])?.[1];
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
    isOfDisk: true,
    pattern: /No space left|could not write all|disk (?:is )?full/i,
    explain: (path) =>
      `Cannot write ${path}: the disk is full; free some space and repeat the command to go on`,
  },
  {
    isOfDisk: true,
    pattern: /Disk quota exceeded/i,
    explain: (path) =>
      `Cannot write ${path}: the disk quota is used up; free some space and repeat the command to go on`,
  },
  {
    isOfDisk: true,
    pattern: /File too large/i,
    explain: (path) =>
      `Cannot write ${path}: a limit on the size of files is reached; raise it (ulimit -f) and repeat the command to go on`,
  },
  {
    isOfDisk: true,
    pattern: /Input\/output error/i,
    explain: (path) =>
      `Cannot use ${path}: the disk cannot be read or written; set DUCKDB_PATH to another disk`,
  },
  {
    pattern: /Out of Memory|failed to (?:allocate|offload)|max_temp_directory_size/i,
    explain: (path) =>
      `Cannot load into ${path}: memory is not enough; lower BATCH_BYTES_MAX or raise DuckDB's memory limit`,
  },
  {
    pattern: /Transaction conflict|write-write conflict|Conflict on/i,
    explain: (path) =>
      `Cannot write ${path}: another transaction changed the same rows; repeat the command`,
  },
  {
    isOfDisk: true,
    pattern: /database has been invalidated|FATAL Error/i,
    explain: (path) =>
      `Cannot use ${path}: DuckDB stopped after a fatal error; repeat the command, and restore a backup if it stays`,
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

const findExplanation = (message: string): Explanation | undefined =>
  explanations.find(({ pattern }) => pattern.test(message));

/** These messages quote what was read, in which any of the patterns may stand. */
const quotesInput = /^(?:Invalid Input|Conversion|Parser|Binder) Error/;

/** A WarehouseError for a failure that an operator can mend; undefined for anything else, which is a bug. */
export const explainFailure = (error: unknown, path: string): WarehouseError | undefined => {
  if (!types.isNativeError(error) || quotesInput.test(error.message)) return undefined;
  const { message } = error;
  const explanation = findExplanation(message);
  const found = explanation?.pattern.exec(message);
  if (explanation === undefined || !found) return undefined;
  return new WarehouseError(explanation.explain(path, found), { cause: error });
};

/** Another transaction was in the way; the same one may succeed when it is run again. */
export const isConflict = (error: unknown): boolean =>
  error instanceof WarehouseError &&
  types.isNativeError(error.cause) &&
  /conflict/i.test(error.cause.message);

/** Another process has the file open. */
export const isHeld = (error: unknown): boolean =>
  error instanceof WarehouseError &&
  types.isNativeError(error.cause) &&
  findExplanation(error.cause.message)?.pattern === heldPattern;

/** The file takes no more, until it is opened anew at least. */
export const isOfDisk = (error: unknown): boolean =>
  error instanceof WarehouseError &&
  types.isNativeError(error.cause) &&
  findExplanation(error.cause.message)?.isOfDisk === true;

/** DuckDB may hold too little memory for what it was asked to do. */
export const isOutOfMemory = (error: unknown): boolean =>
  error instanceof WarehouseError &&
  (isOutOfMemory(error.cause) ||
    (types.isNativeError(error.cause) && /out of memory/i.test(error.cause.message)));
