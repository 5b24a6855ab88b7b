import {
  DuckDBInstance,
  type DuckDBConnection,
  type DuckDBType,
  type DuckDBValue,
} from '@duckdb/node-api';
import { smallWork } from '../../small-work.ts';
import { createFunctions } from './functions.ts';
import { readMacros } from './macros.ts';

export type ResultColumn = { name: string; type: DuckDBType };
export type Result = { columns: ResultColumn[]; rows: DuckDBValue[][] };

/** A connection of its own: its transactions and temporary tables are nobody else's. SQL here is DuckDB's. */
export type Session = {
  /** Answers how many rows changed. */
  run: (sql: string) => Promise<number>;
  read: (sql: string) => Promise<Result>;
  /** A query that is understood and not run; it is run once, or never. */
  prepare: (sql: string) => Promise<Prepared>;
  connection: DuckDBConnection;
  /** Says that something of its own stays in it, so that nobody gets it after this one. */
  soil: () => void;
  close: () => void;
};

export type Prepared = {
  columns: ResultColumn[];
  read: () => Promise<DuckDBValue[][]>;
  /** Instead of reading. */
  drop: () => void;
};

export type Database = { connect: () => Promise<Session>; close: () => void };

const read = async (connection: DuckDBConnection, sql: string): Promise<Result> => {
  const reader = await connection.runAndReadAll(sql);
  const names = reader.columnNames();
  const types = reader.columnTypes();
  const columns = types.map((type, index) => ({ name: names[index] ?? '', type }));
  return { columns, rows: reader.getRows() };
};

/** A plan that is not dropped stays in the connection, and connections are used again. */
const prepare = async (connection: DuckDBConnection, sql: string): Promise<Prepared> => {
  const statement = await connection.prepare(sql);
  const columns = Array.from({ length: statement.columnCount }, (_, index) => ({
    name: statement.columnName(index),
    type: statement.columnType(index),
  }));
  const drop = (): void => {
    statement.destroySync();
  };
  const read = async (): Promise<DuckDBValue[][]> => {
    try {
      return (await statement.runAndReadAll()).getRows();
    } finally {
      drop();
    }
  };
  return { columns, read, drop };
};

/** One piece of work after the other: requests may share a connection. */
const createQueue = (): (<T>(work: () => Promise<T>) => Promise<T>) => {
  let last: Promise<unknown> = Promise.resolve();
  return (work) => {
    const next = last.then(work, work);
    last = next.catch(() => undefined);
    return next;
  };
};

/** @param giveBack Takes a connection that is as good as new. */
const toSession = (
  connection: DuckDBConnection,
  giveBack: (connection: DuckDBConnection) => void,
): Session => {
  const enqueue = createQueue();
  let isSoiled = false;
  return {
    connection,
    soil: () => {
      isSoiled = true;
    },
    run: (sql) => enqueue(async () => (await connection.run(sql)).rowsChanged),
    read: (sql) => enqueue(() => read(connection, sql)),
    prepare: (sql) =>
      enqueue(async () => {
        const prepared = await prepare(connection, sql);
        return { ...prepared, read: () => enqueue(prepared.read) };
      }),
    close: () => {
      if (isSoiled) connection.closeSync();
      else giveBack(connection);
    },
  };
};

const settings = [
  "set TimeZone = 'UTC'",
  // As in BigQuery: NULL is smaller than anything.
  "set default_null_order = 'nulls_first_on_asc_last_on_desc'",
];

/** A DuckDB in memory that speaks as much of GoogleSQL as functions and macros can teach it. */
export const openDatabase = async (): Promise<Database> => {
  const instance = await DuckDBInstance.create(':memory:', {
    autoinstall_known_extensions: 'false',
    threads: String(smallWork.threadsMax),
    allocator_flush_threshold: `${smallWork.freedMbMax}MB`,
    allocator_bulk_deallocation_flush_threshold: `${smallWork.freedMbMax}MB`,
    // DuckDB would write aside into the folder of the project, and two workers into the same files.
    temp_directory: '',
  });
  // To open one takes as long as a small query.
  const free: DuckDBConnection[] = [];
  const giveBack = (connection: DuckDBConnection): void => {
    free.push(connection);
  };
  const open = async (): Promise<DuckDBConnection> => {
    const connection = await instance.connect();
    await connection.run(settings.join('; '));
    return connection;
  };
  const connect = async (): Promise<Session> => toSession(free.pop() ?? (await open()), giveBack);
  const first = await connect();
  for (const one of createFunctions()) first.connection.registerScalarFunction(one);
  await first.run(await readMacros());
  // What a transaction reads first, so that it sees everything else as it is then.
  await first.run('create table main.anchor (nothing integer)');
  return {
    connect,
    close: () => {
      first.close();
      for (const connection of free) connection.closeSync();
      instance.closeSync();
    },
  };
};
