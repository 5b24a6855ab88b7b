import { WarehouseError } from '../../errors.ts';
import type { Batch, Entity } from '../../model.ts';
import { splitLines } from '../split-lines.ts';
import { explainCount, explainUnreadable } from '../staging.ts';
import { encodeLine, linesSchema } from './encode-lines.ts';
import type { Field } from './job.ts';
import { describeStaged } from './leftovers.ts';
import { labelsOf } from './labels.ts';
import { runJob } from './run-job.ts';
import { hashOf } from './run-sql.ts';
import { toTableId, type Purpose, type Session } from './session.ts';

export type LoadOrder = Purpose & {
  action: string;
  /** The job's id without the attempt's number. */
  id: string;
  /** `st_stage.lines_…`: made anew. */
  table: string;
  schema: readonly Field[];
  rows: number;
  /** What the table says of itself. */
  description?: string;
  lines: () => AsyncIterable<string>;
};

const hasRows = async (session: Session, table: string, rows: number): Promise<boolean> => {
  const found = await session.api.getTable(toTableId(session, table));
  return Number(found?.numRows ?? -1) === rows;
};

/**
 * Loads lines of JSON into a table of their own, all or none, under a job id that a later process finds again.
 * @throws WarehouseError when another number of rows arrived.
 */
export const loadTable = async (session: Session, order: LoadOrder): Promise<void> => {
  const { table, schema, rows, action } = order;
  const { dataset, table: tableId } = toTableId(session, table);
  const configuration = {
    labels: labelsOf(session.runId, order),
    jobTimeoutMs: String(session.jobs.limits.jobRunMsMax),
    load: {
      destinationTable: { projectId: session.address.project, datasetId: dataset, tableId },
      schema: { fields: schema },
      sourceFormat: 'NEWLINE_DELIMITED_JSON',
      createDisposition: 'CREATE_IF_NEEDED',
      writeDisposition: 'WRITE_TRUNCATE',
      autodetect: false,
      ignoreUnknownValues: false,
      maxBadRecords: 0,
      ...(order.description !== undefined && {
        destinationTableProperties: { description: order.description },
      }),
    },
  };
  const { job, found } = await runJob(session.jobs, {
    id: order.id,
    action,
    insert: (id) => session.upload({ id, configuration, lines: order.lines }),
    askFirst: true,
    isThere: () => hasRows(session, table, rows),
    onEnd: (ended) => {
      session.count(order, ended);
    },
  });
  if (found || job.rowsLoaded === rows) return;
  throw new WarehouseError(
    `Cannot ${action}: BigQuery stored ${String(job.rowsLoaded)} rows of ${rows}; repeat the command`,
  );
};

/** The instant at which the page of each line arrived. */
function* stampsOf(batch: Batch): Generator<string, undefined> {
  for (const { rows, extractedAt } of batch.pages) {
    for (let row = 0; row < rows; row += 1) yield extractedAt;
  }
  return undefined;
}

/** The records of a spool file as lines to upload. */
async function* encodeBatch(batch: Batch, number: number): AsyncGenerator<string> {
  const stamps = stampsOf(batch);
  let line = 0;
  for await (const payload of splitLines(batch.file)) {
    const stamp = stamps.next();
    if (stamp.done === true) return;
    line += 1;
    yield encodeLine(payload, { batch: number, line, at: stamp.value });
  }
}

/** The records of all batches; the batches are numbered from 1. */
async function* encodeBatches(batches: readonly Batch[]): AsyncGenerator<string> {
  for (const [index, batch] of batches.entries()) yield* encodeBatch(batch, index + 1);
}

/**
 * Reads the file through: one that was cut is found before anything is sent.
 * @throws WarehouseError when it does not hold as many records as the manifest says.
 */
export const checkFile = async (batch: Batch): Promise<void> => {
  const inPages = batch.pages.reduce((sum, { rows }) => sum + rows, 0);
  let lines = 0;
  const file = splitLines(batch.file);
  try {
    while ((await file.next()).done !== true) lines += 1;
  } catch (error) {
    throw explainUnreadable(batch, error);
  }
  if (lines !== batch.rows) throw explainCount(batch, lines);
  if (inPages !== batch.rows) throw explainCount(batch, inPages);
};

const nameLoad = (entity: Entity, batches: readonly Batch[]): string => {
  const [first, ...others] = batches.map(({ loadId }) => loadId);
  const rest = others.length === 0 ? '' : ` and ${others.length} more`;
  return `load batch ${String(first)}${rest} of ${entity.name}`;
};

/**
 * Loads the records of batches of one entity as they are, by one job: a job takes seconds however little it loads, and
 * every table that is read later is billed ten megabytes however small it is.
 * @returns the table of their lines, which is named after them.
 */
export const loadLines = async (
  session: Session,
  entity: Entity,
  batches: readonly Batch[],
): Promise<string> => {
  const hash = hashOf(session, ...batches.map(({ loadId }) => loadId));
  const table = `st_stage.lines_${hash}`;
  await loadTable(session, {
    entity: entity.name,
    step: 'upload',
    action: nameLoad(entity, batches),
    id: `fieldmart_load_${hash}`,
    table,
    schema: linesSchema,
    rows: batches.reduce((sum, { rows }) => sum + rows, 0),
    description: describeStaged(batches),
    lines: () => encodeBatches(batches),
  });
  return table;
};
