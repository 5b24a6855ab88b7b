import * as json from '../json-text.ts';
import { at, below } from '../random.ts';
import type { InvoiceItemRow, InvoiceRow, PaymentRow } from '../rows.ts';
import type { TableDefinition } from '../table.ts';
import { day } from '../ticks.ts';
import { regions } from '../words.ts';
import { serviceName } from './estimates.ts';
import { jobNumber } from './jobs.ts';
import { nameOfCustomer, nameOfLocation } from './people.ts';
import { openAddress } from './settings.ts';

/** `{id,name}` of a record. */
export function reference(id: number, name: string): string {
  return `{"id":${id},"name":${json.text(name)}}`;
}

/** The batch of a record, where it has one. */
export function batch(salt: number): string {
  const id = 1 + below(salt, 81, 900);
  return below(salt, 82, 3) === 0 ? 'null' : `{"id":${id},"number":"${id}","name":null}`;
}

const income = '{"id":40,"name":"Sales","number":"4000","type":"Income","detailType":null}';

/** `shown` is what differs between an item of its own and the same nested in its invoice. */
function renderItemFields(row: InvoiceItemRow, shown: { cost: number; modified: number }): string {
  const { salt, invoice } = row;
  const name = row.type === 'Service' ? serviceName(salt) : `Paint ${below(salt, 1, 400)}`;
  const totalCost =
    below(salt, 2, 12) === 0 ? 'null' : json.moneyText(shown.cost * row.quantity, salt);
  return (
    `{"id":${row.id},"description":${json.note(salt, 3)},"quantity":"${row.quantity}.${'0'.repeat(1 + below(salt, 4, 10))}","cost":${json.moneyText(shown.cost, salt >> 2)},` +
    `"totalCost":${totalCost},"budgetCodeId":null,"inventoryLocationId":null,"inventoryLocation":null,"price":${json.moneyText(row.price, salt >> 3)},` +
    `"type":"${row.type}","skuName":"${name}","skuId":${5000 + below(salt, 5, 300)},"total":${json.moneyText(row.price * row.quantity, salt)},"inventory":${row.type === 'Material'},` +
    `"taxable":${below(salt, 6, 2) === 0},"isChargeable":true,"generalLedgerAccount":${below(salt, 7, 3) === 0 ? 'null' : income},"costOfSaleAccount":null,"assetAccount":null,` +
    `"membershipTypeId":0,"itemGroup":null,"displayName":"${name}","soldHours":${below(salt, 8, 3) === 0 ? 'null' : `${below(salt, 9, 30)}.50`},"createdOn":${json.instant(row.created)},` +
    `"modifiedOn":${json.instant(shown.modified)},"serviceDate":${json.instant(invoice.date)},"order":${invoice.items.indexOf(row)},"businessUnit":${reference(invoice.unit.id, invoice.unit.name)},` +
    `"createdById":null,"displayInAmount":null,"importId":null,"exportId":null,"inventoryStatus":null,"addOn":false,"memberPrice":"0.00","technicianId":${invoice.job?.person.id ?? 'null'},` +
    `"installedEquipmentId":null,"estimateItemId":null`
  );
}

/** One invoice in thirty never had a modification date. */
function invoiceModified(row: InvoiceRow): number {
  return below(row.salt, 83, 30) === 0 ? NaN : row.modified;
}

/** What is left to pay. */
export function balanceOf(row: InvoiceRow): number {
  return row.subtotal + row.tax - row.paid;
}

const sent = ['NotSent', 'Sent', 'Opened'];
const review = ['NeedsReview', 'OnHold', 'Reviewed'];

function renderInvoice(row: InvoiceRow): string {
  const { salt, job, location, customer } = row;
  const items = row.items.filter((item) => !item.removed && item.active);
  const list =
    items.length === 0 && below(salt, 84, 2) === 0
      ? 'null'
      : `[${items.map((item) => `${renderItemFields(item, item.nested ?? item)}}`).join(',')}]`;
  const address = `${openAddress(customer.salt, at(regions, customer.region))}}`;
  const paidOn = balanceOf(row) <= 0 && row.paid > 0 ? row.modified : NaN;
  const jobText =
    job === null
      ? 'null'
      : `{"id":${job.id},"number":"${jobNumber(job)}","type":${json.text(job.type.name)}}`;
  return (
    `{"id":${row.id},"syncStatus":"${below(salt, 85, 2) === 0 ? 'Exported' : 'Pending'}","budgetCodeId":null,"referenceNumber":"${row.id}",` +
    `"invoiceDate":${json.instant(row.date)},"dueDate":${json.instant(row.date + 30 * day)},"subTotal":${json.moneyText(row.subtotal, salt)},` +
    `"salesTax":${json.moneyText(row.tax, salt >> 2)},"salesTaxCode":${row.tax === 0 ? 'null' : '{"id":2,"name":"Local","taxRate":0.0560}'},"taxZoneId":null,` +
    `"total":${json.moneyText(row.subtotal + row.tax, salt >> 3)},"balance":${json.moneyText(balanceOf(row), salt >> 4)},"invoiceType":${below(salt, 86, 3) === 0 ? 'null' : '{"id":1,"name":"Standard"}'},` +
    `"customer":${reference(customer.id, nameOfCustomer(customer))},"customerAddress":${address},` +
    `"location":${location === null ? 'null' : reference(location.id, nameOfLocation(location))},"locationAddress":${location === null ? 'null' : address},` +
    `"businessUnit":${reference(row.unit.id, row.unit.name)},"termName":"Due Upon Receipt","createdBy":"office","batch":${batch(salt)},"depositedOn":null,` +
    `"createdOn":${json.instant(row.created)},"modifiedOn":${json.instant(invoiceModified(row))},"adjustmentToId":null,"job":${jobText},"projectId":${json.idOf(job?.project)},` +
    `"royalty":{"status":null,"date":null,"sentOn":null,"memo":null},"employeeInfo":{"id":${120_000 + below(salt, 87, 40)},"name":"office","modifiedOn":"2022-02-02T02:02:02.22Z"},` +
    `"commissionEligibilityDate":null,"sentStatus":${json.looseEnum(salt, 88, sent, below(salt, 89, 2))},"reviewStatus":${json.looseEnum(salt, 90, review, below(salt, 91, 3))},` +
    `"assignedTo":null,"summary":${json.note(salt, 92)},"items":${list},"customFields":${json.accountingFields(salt)},"active":${row.active},"discountTotal":"0.00",` +
    `"importId":null,"exportId":null,"materialSkuId":0,"membershipId":null,"paidOn":${json.instant(paidOn)},"invoiceConfiguration":"${job === null ? 'CounterSales' : 'JobInvoice'}"${json.close(salt)}`
  );
}

function renderInvoiceItem(row: InvoiceItemRow): string {
  return `${renderItemFields(row, row)},"active":${row.active},"invoiceId":${row.invoice.id}${json.close(row.salt)}`;
}

function renderPayment(row: PaymentRow): string {
  const { salt } = row;
  let rest = row.total;
  const applied = row.applied.map(({ invoice, cents }, index) => {
    rest -= cents;
    return (
      `{"appliedAmount":${json.moneyText(cents, salt)},"appliedBy":"office","appliedId":${row.id * 3 + index},"appliedOn":${json.instant(row.created)},` +
      `"appliedTo":${invoice.id},"appliedToReferenceNumber":"${invoice.id}"}`
    );
  });
  const list = applied.length === 0 && below(salt, 93, 2) === 0 ? 'null' : `[${applied.join(',')}]`;
  return (
    `{"id":${row.id},"active":${row.active},"appliedTo":${list},"authCode":${json.note(salt, 95)},"batch":${batch(salt)},"businessUnit":${reference(row.unit.id, row.unit.name)},` +
    `"checkNumber":${below(salt, 96, 2) === 0 ? 'null' : `"${1000 + below(salt, 97, 9000)}"`},"createdBy":"office","createdOn":${json.instant(row.created)},` +
    `"customer":${reference(row.customer.id, nameOfCustomer(row.customer))},"customFields":${json.accountingFields(salt)},"date":${json.instant(row.date)},` +
    `"deposit":null,"generalLedgerAccount":null,"memo":${json.note(salt, 98)},"modifiedOn":${json.instant(row.modified)},"referenceNumber":"${row.id}",` +
    `"refundedPaymentId":${json.idOf(row.refundOf)},"syncStatus":"Pending","total":${json.moneyText(row.total, salt)},"type":"${row.refundOf === null ? 'Payment' : 'Refund'}",` +
    `"typeId":"${row.type.id}","unappliedAmount":${json.moneyText(rest, salt >> 2)}${json.close(salt)}`
  );
}

/** Invoices, their items as rows of their own, and payments. */
export const accountingTables = {
  invoices: {
    name: 'invoices',
    render: renderInvoice,
    modifiedOf: invoiceModified,
    filters: {
      jobId: { kind: 'ids', of: (row) => row.job?.id ?? 0 },
      businessUnitId: { kind: 'ids', of: (row) => row.unit.id },
      customerId: { kind: 'ids', of: (row) => row.customer.id },
      invoicedOnOrAfter: {
        kind: 'instant',
        date: 'date',
        test: 'atOrAfter',
        of: (row) => row.date,
      },
      invoicedOnBefore: { kind: 'instant', date: 'date', test: 'before', of: (row) => row.date },
    },
  },
  invoiceItems: { name: 'invoice-items', render: renderInvoiceItem },
  payments: {
    name: 'payments',
    render: renderPayment,
    filters: {
      customerId: { kind: 'ids', of: (row) => row.customer.id },
      businessUnitIds: { kind: 'ids', of: (row) => row.unit.id },
      paidOnAfter: { kind: 'instant', date: 'date', test: 'atOrAfter', of: (row) => row.date },
      paidOnBefore: { kind: 'instant', date: 'date', test: 'before', of: (row) => row.date },
    },
  },
} satisfies {
  invoices: TableDefinition<InvoiceRow>;
  invoiceItems: TableDefinition<InvoiceItemRow>;
  payments: TableDefinition<PaymentRow>;
};
