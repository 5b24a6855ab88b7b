import { readConfig, readDataboxConfig, type DataboxConfig } from '../config.ts';
import { databoxRecordsMax, invoicePageRows, publishOverlapMs } from '../limits.ts';
import { localDate, shiftInstant } from '../pipeline/local-dates.ts';
import { readInvoices, readUnitDays, type InvoiceDeps } from '../pipeline/publish/read-invoices.ts';
import { openDatabox, type Databox, type DataboxRecord } from '../publish/databox/open-databox.ts';
import { cutRecords, toInvoiceRecord, toSummaryRecord } from '../publish/databox/records.ts';
import { servicetitanEntities } from '../sources/servicetitan/servicetitan-entities.ts';
import type { RunRow } from '../warehouses/warehouse.ts';
import type { Io } from './io.ts';
import { openWarehouse } from './open-pipeline.ts';
import { assertInvoicesLoaded } from './run-publish-xlsx.ts';

export type PublishDataboxArguments = { all: boolean };

const command = 'publish databox';

/** Under which name `st_ops.runs` knows that a data set has the invoices: another data set starts from nothing. */
const nameOf = ({ datasetId }: DataboxConfig): string => `invoices to ${datasetId}`;

const lastSent = `
  select max(started_at) as latest
  from st_ops.runs
  where tenant_id = @tenant and command = '${command}' and entity = @entity and outcome = 'ok'`;

/** From which loads on invoices are to be sent; null for all. */
const readSince = async (
  { warehouse, tenantId }: InvoiceDeps,
  entity: string,
): Promise<string | null> => {
  const [row] = await warehouse.query(lastSent, { tenant: tenantId, entity });
  return typeof row?.latest === 'string' ? shiftInstant(row.latest, -publishOverlapMs) : null;
};

type Connected = { databox: Databox; config: DataboxConfig };

type Sender = { databox: Databox; datasetId: string };

const sendAll = async (
  { databox, datasetId }: Sender,
  records: readonly DataboxRecord[],
): Promise<number> => {
  const sent: { id: string; records: number }[] = [];
  for (const part of cutRecords(records, databoxRecordsMax)) {
    sent.push({ id: await databox.send(datasetId, part), records: part.length });
  }
  for (const ingestion of sent) await databox.confirm(datasetId, ingestion);
  return records.length;
};

const sendInvoices = async (
  deps: InvoiceDeps,
  sender: Sender,
  since: string | null,
): Promise<number> => {
  let rows = 0;
  for await (const page of readInvoices(deps, { pageRows: invoicePageRows, since })) {
    rows += await sendAll(sender, page.map(toInvoiceRecord));
  }
  return rows;
};

/** Keeps in the warehouse what was sent, so that the next run, on any machine, goes on from there. */
const recorded = async (
  deps: InvoiceDeps,
  { entity, io }: { entity: string; io: Io },
  work: () => Promise<number>,
): Promise<number> => {
  const row: RunRow = {
    ...{ runId: io.runId, command, tenantId: deps.tenantId, entity },
    ...{ startedAt: io.now().toISOString(), endedAt: null, outcome: 'running', rows: 0 },
    ...{ message: '', exitCode: null },
  };
  const end = (more: Partial<RunRow>): Promise<void> =>
    deps.warehouse.recordRuns([{ ...row, endedAt: io.now().toISOString(), ...more }]);
  try {
    const rows = await work();
    await end({ outcome: 'ok', rows, exitCode: 0 });
    return rows;
  } catch (error) {
    const { message = '', exitCode = 1 } = Object(error) as { message?: string; exitCode?: number };
    await end({ outcome: 'failed', message, exitCode });
    throw error;
  }
};

const publishInvoices = async (
  deps: InvoiceDeps,
  { databox, config }: Connected,
  all: boolean,
  io: Io,
): Promise<void> => {
  const entity = nameOf(config);
  const since = all ? null : await readSince(deps, entity);
  const sender = { databox, datasetId: config.datasetId };
  const rows = await recorded(deps, { entity, io }, () => sendInvoices(deps, sender, since));
  io.summarize({ invoices: rows });
  io.out(`Databox: ${rows.toLocaleString('en-US')} invoices sent and confirmed`);
};

const publishSummary = async (
  deps: InvoiceDeps,
  { databox, config }: Connected,
  io: Io,
): Promise<void> => {
  if (config.summaryDatasetId === null) return;
  const now = io.now().toISOString();
  const date = localDate(now, deps.timeZone);
  const units = await readUnitDays(deps, date);
  const records = units.map(toSummaryRecord({ now, date }));
  await sendAll({ databox, datasetId: config.summaryDatasetId }, records);
  io.summarize({ summaries: records.length });
  io.out(`Databox: the summary of ${date}, ${records.length} units, sent and confirmed`);
};

/** `fieldmart publish databox`: hands on what changed since the last time, and the day so far by unit. */
export const runPublishDatabox = async (args: PublishDataboxArguments, io: Io): Promise<number> => {
  const config = readDataboxConfig(io.env);
  if (config === null) {
    io.err('Databox is off: set DATABOX_API_KEY and DATABOX_DATASET_ID to switch it on');
    return 0;
  }
  const { tenantId, timeZone } = readConfig(io.env);
  const warehouse = await openWarehouse(readConfig(io.env), io);
  const databox = openDatabox({ ...config, log: io.log.debug });
  const deps = { warehouse, tenantId, timeZone };
  try {
    await warehouse.prepare(servicetitanEntities);
    await assertInvoicesLoaded(warehouse, tenantId);
    const connected = { databox, config };
    // One data set's failure is no reason to withhold the other's records.
    const [invoices] = await Promise.allSettled([publishInvoices(deps, connected, args.all, io)]);
    const [summary] = await Promise.allSettled([publishSummary(deps, connected, io)]);
    const failed = [invoices, summary].find(({ status }) => status === 'rejected');
    if (failed?.status === 'rejected') throw failed.reason;
    return 0;
  } finally {
    await databox.close();
    await warehouse.close();
  }
};
