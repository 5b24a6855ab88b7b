import { readConfig, type Config } from '../config.ts';
import { WarehouseError } from '../errors.ts';
import { invoicePageRows } from '../limits.ts';
import { findNeverLoaded } from '../pipeline/find-never-loaded.ts';
import { readRange } from '../pipeline/kpis/read-mart.ts';
import { readInvoices } from '../pipeline/publish/read-invoices.ts';
import { readSourceState, type SourceState } from '../pipeline/publish/read-source-state.ts';
import { replaceFile } from '../publish/replace-file.ts';
import { aboutSheet, invoiceSheet, kpiSheet } from '../publish/xlsx/sheets.ts';
import { writeWorkbook } from '../publish/xlsx/write-workbook.ts';
import { servicetitanEntities } from '../sources/servicetitan/servicetitan-entities.ts';
import type { Warehouse } from '../warehouses/warehouse.ts';
import type { Io } from './io.ts';
import { openWarehouse } from './open-pipeline.ts';

export type PublishXlsxArguments = { out: string };

/** @throws WarehouseError when no invoice was ever loaded: an empty workbook would look like a day without business. */
export const assertInvoicesLoaded = async (
  warehouse: Warehouse,
  tenantId: string,
): Promise<void> => {
  const entities = servicetitanEntities.filter(({ name }) => name === 'invoices');
  const missing = await findNeverLoaded(warehouse, { entities, tenantId });
  if (missing.length === 0) return;
  throw new WarehouseError(
    `Cannot publish invoices of tenant ${tenantId}: none were ever loaded; run fieldmart backfill or fieldmart sync`,
  );
};

const describe = (config: Config, state: SourceState, now: Date): [string, string][] => [
  ['written at (UTC)', now.toISOString()],
  ['tenant', config.tenantId],
  ['source last read at (UTC)', state.readAt ?? 'never'],
  ['KPIs built at (UTC)', state.builtAt ?? 'never: run fieldmart build'],
  ['invoice_date, event_date', `local dates of ${config.timeZone}`],
  ['updated_at', 'UTC: when the source last changed the invoice'],
  ['total_amount', 'tax included; dollars_produced counts the same invoices before tax'],
  ['invoices', 'one row per invoice, the newest version; inactive and deleted ones left out'],
  ['numbers', 'Excel holds 15 digits; the exact decimals are in the warehouse'],
];

const publish = async (
  config: Config,
  warehouse: Warehouse,
  { out }: PublishXlsxArguments,
  io: Io,
): Promise<void> => {
  const { tenantId, timeZone } = config;
  await warehouse.prepare(servicetitanEntities);
  await assertInvoicesLoaded(warehouse, tenantId);
  const deps = { warehouse, tenantId, timeZone };
  const state = await readSourceState(deps);
  const range = state.builtAt === null ? null : await readRange(deps);
  const sheets = [
    invoiceSheet(readInvoices(deps, { pageRows: invoicePageRows })),
    kpiSheet(deps, range),
    aboutSheet(describe(config, state, io.now())),
  ];
  let written: number[] = [];
  const bytes = await replaceFile(out, async (stream) => {
    written = await writeWorkbook(sheets, stream);
  });
  io.summarize({ invoices: written[0] ?? 0, days: written[1] ?? 0, bytes });
  const [invoices = 0, days = 0] = written.map((rows) => rows.toLocaleString('en-US'));
  io.out(
    `${out}: ${invoices} invoices, ${days} rows of daily KPIs, ${bytes.toLocaleString('en-US')} bytes`,
  );
  if (state.builtAt === null) io.err('The sheet daily_kpis is empty: run fieldmart build');
  if (state.loadsSince > 0) {
    io.err(
      `The sheet daily_kpis is older than the invoices: ${state.loadsSince} loads since; run fieldmart build`,
    );
  }
};

/** `fieldmart publish xlsx`: the invoices and the daily KPIs as a workbook. */
export const runPublishXlsx = async (args: PublishXlsxArguments, io: Io): Promise<number> => {
  const config = readConfig(io.env);
  const warehouse = await openWarehouse(config, io);
  try {
    await publish(config, warehouse, args, io);
    return 0;
  } finally {
    await warehouse.close();
  }
};
