import { WarehouseError } from '../../errors.ts';
import type { Batch } from '../../model.ts';
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
async function* encodeBatch(batch: Batch): AsyncGenerator<string> {
  const stamps = stampsOf(batch);
  let line = 0;
  for await (const payload of splitLines(batch.file)) {
    const stamp = stamps.next();
    if (stamp.done === true) return;
    line += 1;
    yield encodeLine(payload, line, stamp.value);
  }
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

/** The table of a batch's lines. */
export const linesTable = ({ loadId }: Batch): string => `st_stage.lines_${loadId}`;

/** Loads the records of one batch as they are. */
export const loadLines = async (session: Session, batch: Batch): Promise<void> => {
  await loadTable(session, {
    entity: batch.entity,
    step: 'upload',
    action: `load batch ${batch.loadId} of ${batch.entity}`,
    id: `fieldmart_load_${hashOf(session, batch.loadId)}`,
    table: linesTable(batch),
    schema: linesSchema,
    rows: batch.rows,
    description: describeStaged([batch]),
    lines: () => encodeBatch(batch),
  });
};
