import type { Logger } from '../logger.ts';
import type { DuckdbOptions } from '../warehouses/duckdb/open-duckdb.ts';

/** What the process offers: results go to `out`, everything else to `err`. */
export type ProcessIo = {
  env: NodeJS.ProcessEnv;
  now: () => Date;
  out: (line: string) => void;
  err: (line: string) => void;
  /** Characters of a line of the terminal; left out where results go to a file or another program. */
  width?: number | undefined;
  /** Whether a person watches what goes to `err`. */
  terminal?: boolean;
  /** What DuckDB may take of the machine. Default: all of it that its options allow. */
  means?: Pick<DuckdbOptions, 'threadsMax' | 'freedMbMax' | 'rowGroupRows'>;
};

/** What a command adds to the line that ends its run: counts, and why it failed if it does not throw. */
export type Figures = Readonly<Record<string, number | string>>;

/** What a command touches of the world. */
export type Io = ProcessIo & {
  /** Names this invocation: in the log, in the ledger and in `st_ops.runs`. */
  runId: string;
  log: Logger;
  /** Results are wanted as JSON. */
  json: boolean;
  /** Nothing is to be said of what went well. */
  quiet: boolean;
  /** Whether a bar may show the progress. */
  bar: boolean;
  summarize: (figures: Figures) => void;
};
