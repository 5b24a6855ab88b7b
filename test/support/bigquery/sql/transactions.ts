import { touch } from '../catalog/catalog.ts';
import { refusals } from '../refusals.ts';
import { explainFailure } from '../engine/explain-failure.ts';
import type { Field } from '../values/field.ts';
import type { Run } from './run.ts';

/** The script's own tables as they were when the transaction began. */
const saved = new WeakMap<Run, Map<string, Field[]>>();

/** BEGIN TRANSACTION: from here on, the run sees the tables as they are now. */
export const beginTransaction = async (run: Run): Promise<void> => {
  if (run.transaction !== undefined) {
    throw refusals.invalidQuery('Transaction control: a transaction is already active');
  }
  const transaction = run.world.locks.begin();
  await run.session.run('begin transaction');
  // DuckDB takes its snapshot at the first reading.
  await run.session.read('select * from main.anchor');
  saved.set(run, new Map(run.temporary));
  run.transaction = transaction;
};

/** COMMIT TRANSACTION. */
export const commitTransaction = async (run: Run): Promise<void> => {
  const { transaction } = run;
  if (transaction === undefined) {
    throw refusals.invalidQuery('Transaction control: no transaction is active');
  }
  run.transaction = undefined;
  try {
    await run.session.run('commit');
  } catch (error) {
    run.world.locks.end(transaction, false);
    throw explainFailure(error);
  }
  // What others measured meanwhile was without these changes.
  for (const table of transaction.changed) touch(run.world.catalog, table);
  run.world.locks.end(transaction, true);
};

/** ROLLBACK TRANSACTION; also what happens when a script ends in the middle of one. */
export const rollBackTransaction = async (run: Run): Promise<void> => {
  const { transaction } = run;
  if (transaction === undefined) {
    throw refusals.invalidQuery('Transaction control: no transaction is active');
  }
  run.transaction = undefined;
  run.temporary.clear();
  for (const [name, fields] of saved.get(run) ?? []) run.temporary.set(name, fields);
  try {
    await run.session.run('rollback');
  } finally {
    run.world.locks.end(transaction, false);
  }
};
