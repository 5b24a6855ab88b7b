import { createHash } from 'node:crypto';
import type { DuckDBConnection, DuckDBInstance } from '@duckdb/node-api';
import { duckdbBlockBytes } from '../../limits.ts';
import { quoteText } from '../sql-text.ts';

type Api = typeof import('@duckdb/node-api');

/** A connection whose current database is the file. */
export type OpenFile = {
  instance: DuckDBInstance;
  connection: DuckDBConnection;
  /** Whether the file is opened more than once in this process. */
  isShared: () => boolean;
  close: () => void;
};

/** How often each instance is opened, by its name. */
const openings = new Map<string, number>();

const countOpening = (name: string, change: 1 | -1): void => {
  const count = (openings.get(name) ?? 0) + change;
  if (count > 0) openings.set(name, count);
  else openings.delete(name);
};

/** A database file, and the rows of the row groups that are written into it while it is open. */
export type FilePlace = {
  /** Absolute, or `:memory:`. */
  path: string;
  rowGroupRows: number;
};

/** Attaches the file as the connection's current database. */
export const attachSql = ({ path, rowGroupRows }: FilePlace): string =>
  `attach if not exists ${quoteText(path)} as warehouse
  (storage_version 'latest', row_group_size ${rowGroupRows});
  use warehouse`;

/**
 * Connects to the file, which is attached once, and to `staging`: a database in memory for what is staged, since a
 * temporary table is seen by no other connection.
 */
export const connect = async (
  instance: DuckDBInstance,
  place: FilePlace,
): Promise<DuckDBConnection> => {
  const connection = await instance.connect();
  try {
    await connection.run(`attach if not exists ':memory:' as staging; ${attachSql(place)}`);
  } catch (error) {
    connection.closeSync();
    throw error;
  }
  return connection;
};

/**
 * Opens the database file, or creates it. It is attached to an instance in memory, because only then DuckDB lets the
 * size of row groups be chosen. Two openings of one file in one process share the instance, by its name: the file lock
 * keeps only other processes out.
 */
export const openFile = async (
  api: Api,
  { memoryMbMax, ...place }: FilePlace & { memoryMbMax: number },
): Promise<OpenFile> => {
  const { path } = place;
  const inMemory = path === ':memory:';
  const settings = {
    memory_limit: `${String(memoryMbMax)}MB`,
    autoinstall_known_extensions: 'false',
    // Of a file that is created now; one that is there keeps its own.
    default_block_size: String(duckdbBlockBytes),
    // A file of columns is read once. DuckDB would keep what it read in its own memory, and what is kept of each file
    // stands between what is freed, so that the C library cannot give that back.
    enable_external_file_cache: 'false',
    // Memory that is freed goes back to the system at once: by default up to half a gigabyte is kept.
    allocator_flush_threshold: '1MB',
    allocator_bulk_deallocation_flush_threshold: '1MB',
    // What waits to be compressed is held in memory; by itself DuckDB gathers five row groups.
    write_buffer_row_group_count: '1',
    // Checkpoints come in the midst of a load, and would merge and compress again what the last commits left in halves.
    max_vacuum_tasks: '0',
    // DuckDB would write aside into the folder where the program runs, and two programs there into the same files.
    temp_directory: inMemory ? '' : `${path}.tmp`,
  };
  const name = `:memory:${createHash('sha256').update(path).digest('hex')}`;
  const instance = inMemory
    ? await api.DuckDBInstance.create(path, settings)
    : await api.DuckDBInstance.fromCache(name, settings);
  countOpening(name, 1);
  const close = (): void => {
    countOpening(name, -1);
    instance.closeSync();
  };
  try {
    const connection = await connect(instance, place);
    return { instance, connection, isShared: () => (openings.get(name) ?? 0) > 1, close };
  } catch (error) {
    close();
    throw error;
  }
};
