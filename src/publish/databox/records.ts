import { noUnit } from '../../pipeline/kpis/kpis.ts';
import type { PublishedInvoice, UnitDay } from '../../pipeline/publish/read-invoices.ts';
import type { DataboxRecord } from './open-databox.ts';

/** Databox cannot delete a row: an invoice that no longer counts is sent once more, with nothing on it. */
export const toInvoiceRecord = (invoice: PublishedInvoice): DataboxRecord => ({
  invoice_id: invoice.invoiceId,
  invoice_date: invoice.invoiceDate,
  business_unit: invoice.businessUnit,
  job_type: invoice.jobType,
  total_amount: invoice.isActive ? Number(invoice.totalAmount ?? 0) : 0,
  updated_at: invoice.updatedAt,
  active: invoice.isActive,
});

/** The local day so far, by unit, as it stands in an hour: within the hour, a later summary replaces the earlier. */
export const toSummaryRecord =
  ({ now, date }: { now: string; date: string }) =>
  ({ businessUnit, revenue, invoices }: UnitDay): DataboxRecord => {
    const hour = `${now.slice(0, 13)}:00:00Z`;
    const unit = businessUnit ?? noUnit;
    return {
      summary_id: `${hour} ${unit}`,
      ...{ hour, invoice_date: date, business_unit: unit },
      revenue: Number(revenue),
      invoice_count: invoices,
    };
  };

/** Cuts records into calls. */
export const cutRecords = (records: readonly DataboxRecord[], size: number): DataboxRecord[][] =>
  Array.from({ length: Math.ceil(records.length / size) }, (_, index) =>
    records.slice(index * size, (index + 1) * size),
  );
