import { RecordError, WarehouseError } from '../errors.ts';
import { rejectsMax, rejectsShareMax } from '../limits.ts';
import type { Batch, Entity } from '../model.ts';

/** Reason of a reject that nothing can be read from. */
export const notJson = 'is not JSON';

/** Each batch once, without those that the ledger holds. */
export const chooseFresh = (batches: readonly Batch[], committed: ReadonlySet<unknown>): Batch[] =>
  batches.filter(
    ({ loadId }, index) =>
      !committed.has(loadId) && batches.findIndex((batch) => batch.loadId === loadId) === index,
  );

/** The spool file does not hold what its manifest says. */
export const explainCount = (batch: Batch, found: number): WarehouseError =>
  new WarehouseError(
    `Cannot load batch ${batch.loadId} of ${batch.entity}: its spool file holds ${found} records and its manifest ` +
      `says ${batch.rows}; repeat the command, which fetches it again`,
  );

/** The spool file is not there, or not ours to read. */
export const explainUnreadable = (batch: Batch, cause: unknown): WarehouseError =>
  new WarehouseError(
    `Cannot load batch ${batch.loadId} of ${batch.entity}: its spool file cannot be read; repeat the command, ` +
      `which fetches it again`,
    { cause },
  );

/** The first reject of what is staged; `position` counts the records of its load from 1, `key` is its id, if any. */
export type FirstReject = { loadId: string; position: number; key: string | null; reason: string };

/** Quoted, so that whatever stands in place of an id is one word on the line. */
const describeKey = (key: string | null): string =>
  key === null ? '' : `, key ${JSON.stringify(key)}`;

/** @throws RecordError when more records are rejected than the limit allows. */
export const limitRejects = (
  entity: Entity,
  { rejects, rows }: { rejects: number; rows: number },
  first: FirstReject,
): void => {
  if (rejects <= Math.max(rejectsMax, rejectsShareMax * rows)) return;
  throw new RecordError(
    `Cannot store ${entity.name}: ${rejects} of ${rows} records are not usable, the first ` +
      `(record ${first.position} of load ${first.loadId}${describeKey(first.key)}) ${first.reason}; ` +
      'check what the source sends',
  );
};
