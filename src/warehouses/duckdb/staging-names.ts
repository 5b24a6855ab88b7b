import { dirname, join, resolve } from 'node:path';
import type { Batch } from '../../model.ts';
import { columnsFileName } from './records-view.ts';

/** Where staging tables stand, for the connection that stages and for the one that commits. */
const inStaging = (name: string): string => `staging.${name}`;

/** The rows that are staged, where they stand in a table. */
export const rowsTable = (view: string): string => `${view}_rows`;

/** Keys of the rows, where these stand in a file of columns. */
export const keysTable = (view: string): string => `${view}_keys`;

/** What is to be mended in the keys of twins, where the rows stand in a file of columns that holds any. */
export const twinsTable = (view: string): string => `${view}_twins`;

/** Where the drift of staged rows is counted until their commit; there only when one drifts. */
export const driftTable = (view: string): string => `${view}_drift`;

/** The file of columns: beside the first spool file, with which it goes. */
export const columnsFile = (view: string, batches: readonly Batch[]): string =>
  join(dirname(resolve(batches[0]?.file ?? '')), columnsFileName(view));

/** The tables and views of one staging call. Those down to `drift` outlive it; the others are temporary. */
export const tablesOf = (name: string) => ({
  view: inStaging(name),
  staged: rowsTable(inStaging(name)),
  keys: keysTable(inStaging(name)),
  twins: twinsTable(inStaging(name)),
  drift: driftTable(inStaging(name)),
  lines: `${name}_lines`,
  stamps: `${name}_stamps`,
  readable: `${name}_readable`,
  odd: `${name}_odd`,
});

export type Tables = ReturnType<typeof tablesOf>;
