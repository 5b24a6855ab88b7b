import { describeSqlFailure, Stopped, WarehouseError } from '../errors.ts';

/** Why a table of a build could not be made, with its name. */
export const explainTable = (table: string, error: unknown): WarehouseError => {
  const message =
    error instanceof WarehouseError
      ? error.message
      : `${describeSqlFailure(error)}; mend its SQL, or what it reads`;
  return new WarehouseError(`Cannot build ${table}: ${message}`, { cause: error, table });
};

/** @throws Stopped when the signal was aborted. */
export const throwIfStopped = (signal: AbortSignal | undefined): void => {
  if (signal?.aborted !== true) return;
  throw new Stopped(
    'Stopped cleanly: nothing was published, and what was published before stands; repeat the command to build',
  );
};

/** Rows of a history that are not of its build's date. */
export const explainStrangeRows = (rows: number, date: string): WarehouseError =>
  new WarehouseError(
    `${rows} of its rows are not of ${date}, the date of this build; ` +
      'a history may only write the snapshot of the build',
  );

/** What is stored in a history cannot be made again, so nothing is converted. */
export const explainTypeChange = (
  column: string,
  { is, stored }: { is: string; stored: string },
): WarehouseError =>
  new WarehouseError(
    `its column ${column} is ${is}, and the stored history has ${stored}; ` +
      'cast it in the model, or give the new column another name',
  );
