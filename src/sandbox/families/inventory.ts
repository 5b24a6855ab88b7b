import * as json from '../json-text.ts';
import { below, pick } from '../random.ts';
import type { BillRow, PurchaseOrderRow, ReturnRow } from '../rows.ts';
import type { TableDefinition } from '../table.ts';
import { calendarDate, day } from '../ticks.ts';
import { batch, reference } from './accounting.ts';
import { splitCents } from './estimates.ts';

const vendors = ['Invented Paint Supply', 'Desert Coatings Depot', 'Ladder & Brush Outlet'];
const shipTo =
  '{"street":"1 Yard Rd","unit":null,"city":"Phoenix","state":"AZ","zip":"85001","country":"USA"}';

function renderOrderItem(row: PurchaseOrderRow, cents: number, index: number): string {
  const salt = row.salt + index;
  const at = json.instant(row.created);
  const id = row.id * 4 + index;
  return (
    `{"id":${id},"skuId":${6000 + below(salt, 1, 300)},"description":${json.noteNotNull(salt, 2)},"createdOn":${at},"modifiedOn":${at},"skuName":"Paint",` +
    `"skuCode":"P-${below(salt, 3, 300)}","skuType":"Material","vendorPartNumber":"","quantity":${json.longQuantity(1 + below(salt, 4, 30), salt)},` +
    `"quantityReceived":${json.longQuantity(below(salt, 4, 30), salt)},"cost":${json.longCost(Math.trunc(cents / 4), salt)},"total":${json.longCost(cents, salt)},` +
    `"serialNumbers":${below(salt, 5, 2) === 0 ? 'null' : '[]'},"status":"Received","chargeable":false,"budgetCodeId":null}`
  );
}

function renderPurchaseOrder(row: PurchaseOrderRow): string {
  const { salt, job } = row;
  const received = row.status === 'Received' || row.status === 'Exported';
  const tax = Math.round(row.total * 0.07);
  const lines = splitCents(row.total - tax, 1 + below(salt, 1, 3));
  return (
    `{"id":${row.id},"number":"PO-${row.id}","invoiceId":${json.idOf(job?.invoices[0])},"jobId":${json.idOf(job)},"projectId":${json.idOf(job?.project)},"status":"${row.status}",` +
    `"typeId":${1 + below(salt, 2, 4)},"vendorId":${200 + below(salt, 3, 3)},"technicianId":${job?.person.id ?? 'null'},"shipTo":${shipTo},"businessUnitId":${job?.unit.id ?? 'null'},` +
    `"inventoryLocationId":null,"batchId":null,"budgetCodeId":null,"vendorDocumentNumber":${json.noteNotNull(salt, 4)},"date":${json.instant(calendarDate(row.created))},` +
    `"requiredOn":${json.instant(calendarDate(row.created) + 3 * day)},"sentOn":${json.instant(row.status === 'Pending' ? NaN : row.created)},` +
    `"receivedOn":${json.instant(received ? row.modified : NaN)},"createdOn":${json.instant(row.created)},"modifiedOn":${json.instant(row.modified)},` +
    `"total":${json.longMoneyNumber(row.total, salt)},"tax":${json.moneyNumber(tax, salt)},"shipping":0.00,"createdById":${below(salt, 5, 3) === 0 ? 'null' : 120_000 + below(salt, 6, 40)},` +
    `"summary":${json.note(salt, 7)},"items":[${lines.map((cents, index) => renderOrderItem(row, cents, index)).join(',')}],"customFields":${json.customFields(salt)}${json.close(salt)}`
  );
}

const returnStatuses = ['Pending', 'Returned', 'CreditReceived', 'Canceled'] as const;

function renderReturn(row: ReturnRow): string {
  const { salt, purchaseOrder: order } = row;
  const canceled = row.status === 3;
  const at = json.instant(row.created);
  const credited = row.status === 2 ? row.modified : NaN;
  const job = order.job;
  const account = '{"name":null,"number":"5000","type":null,"detailType":null}';
  const item =
    `{"id":${row.id * 2},"skuId":${6000 + below(salt, 1, 300)},"description":${json.noteNotNull(salt, 2)},"createdOn":${at},"modifiedOn":${at},"name":"Paint","code":"P-1",` +
    `"quantity":${json.longQuantity(1 + below(salt, 3, 9), salt)},"cost":${json.longCost(row.amount, salt)},"generalLedgerAccount":${below(salt, 4, 2) === 0 ? 'null' : account},` +
    `"costOfSaleAccount":null,"assetAccount":null,"serialNumbers":${below(salt, 5, 2) === 0 ? 'null' : '[]'},"createdById":null,"active":true,"receiptItemId":null,"budgetCodeId":null}`;
  return (
    `{"id":${row.id},"active":${row.active},"number":"R-${row.id}","referenceNumber":"","status":"${returnStatuses[row.status] ?? 'Pending'}","returnTypeId":${1 + below(salt, 6, 3)},` +
    `"vendorId":${200 + below(salt, 7, 3)},"purchaseOrderId":${order.id},"jobId":${json.idOf(job)},"projectId":null,"budgetCodeId":null,"businessUnitId":${job?.unit.id ?? 0},` +
    `"inventoryLocationId":null,"createdById":null,"memo":${json.note(salt, 8)},"returnAmount":${json.longCost(row.amount, salt)},"taxAmount":${json.moneyNumber(Math.round(row.amount * 0.07), salt)},` +
    `"shippingAmount":0,"returnDate":${json.instant(calendarDate(row.created))},"returnedOn":${json.instant(row.status === 0 ? NaN : row.created)},"creditReceivedOn":${json.instant(credited)},` +
    `"createdOn":${at},"modifiedOn":${json.instant(row.modified)},"batchId":null,"batch":${batch(salt)},"syncStatus":${json.looseEnum(salt, 9, ['Pending', 'Posted', 'Exported'], below(salt, 10, 3))},` +
    `"canceledById":${canceled ? '120001' : 'null'},"canceledReason":${canceled ? '"Duplicate"' : 'null'},"dateCanceled":${json.instant(canceled ? row.modified : NaN)},` +
    `"items":[${item}],"customFields":${json.customFields(salt)},"externalData":${json.externalData(salt)}${json.close(salt)}`
  );
}

const billCreated = (row: BillRow): number => (below(row.salt, 1, 15) === 0 ? NaN : row.created);
const billModified = (row: BillRow): number => (below(row.salt, 2, 12) === 0 ? NaN : row.modified);

function renderBill(row: BillRow, feed: boolean): string {
  const { salt, purchaseOrder: order } = row;
  const { job } = order;
  const vendor = pick(salt, 3, vendors);
  const item =
    `{"order":0,"name":"Paint","description":${json.note(salt, 4)},"quantity":"1.0000000000000000000","cost":${json.moneyText(row.amount, salt)},"allocatedTax":"0",` +
    `"allocatedShipping":"0.00","allocatedOtherCosts":null,"fullyLandedUnitCost":null,"inventoryLocation":null,"serialNumber":null,"generalLedgerAccount":null,` +
    `"costOfSaleAccount":null,"assetAccount":null,"id":${row.id * 2},"skuId":${6000 + below(salt, 5, 300)},"receiptItemId":null,"skuType":"Material","skuCode":"P-1","budgetCodeId":null}`;
  const unit = job === null ? 'null' : reference(job.unit.id, job.unit.name);
  return (
    `{"id":${row.id},"purchaseOrderId":${order.id},"syncStatus":"Pending","referenceNumber":"B-${row.id}","vendorNumber":null,"summary":${json.note(salt, 6)},` +
    `"billDate":${json.instant(calendarDate(row.created))},"billAmount":${json.moneyText(row.amount, salt)},"taxAmount":"0.00","shippingAmount":"0",` +
    `"landedCostMethod":${json.looseEnum(salt, 7, ['None', 'ByValue'], 0)},"otherAmount":null,"createdBy":"office","createdOn":${json.instant(billCreated(row))},` +
    `"modifiedOn":${json.instant(billModified(row))},"termName":"Net 30","dueDate":${json.instant(calendarDate(row.created) + 30 * day)},"shipToDescription":null,` +
    `"postDate":${json.instant(calendarDate(row.created))},"batch":${batch(salt)},"businessUnit":${unit},"taxZone":null,"vendor":${reference(200 + vendors.indexOf(vendor), vendor)},` +
    `"shipTo":${shipTo},"budgetCodeId":null,"items":${below(salt, 8, 25) === 0 ? 'null' : `[${item}]`},"customFields":${json.accountingFields(salt)},"jobId":${json.idOf(job)},` +
    `"jobNumber":${job === null ? 'null' : `"${job.id}"`},"dateReconciled":null${feed ? `,"active":${row.active}` : ''}${json.close(salt)}`
  );
}

/** Purchase orders, and the returns and bills that follow from them. */
export const inventoryTables = {
  purchaseOrders: {
    name: 'purchase-orders',
    render: renderPurchaseOrder,
    filters: {
      status: { kind: 'text', of: (row) => row.status },
      jobId: { kind: 'ids', of: (row) => row.job?.id ?? 0 },
      jobIds: { kind: 'ids', of: (row) => row.job?.id ?? 0 },
      dateOnOrAfter: {
        kind: 'instant',
        date: 'date',
        test: 'atOrAfter',
        of: (row) => calendarDate(row.created),
      },
      dateBefore: {
        kind: 'instant',
        date: 'date',
        test: 'before',
        of: (row) => calendarDate(row.created),
      },
    },
  },
  returns: {
    name: 'returns',
    render: renderReturn,
    filters: {
      jobId: { kind: 'ids', of: (row) => row.purchaseOrder.job?.id ?? 0 },
      purchaseOrderId: { kind: 'ids', of: (row) => row.purchaseOrder.id },
      returnDateOnOrAfter: {
        kind: 'instant',
        date: 'returnDate',
        test: 'atOrAfter',
        of: (row) => calendarDate(row.created),
      },
      returnDateBefore: {
        kind: 'instant',
        date: 'returnDate',
        test: 'before',
        of: (row) => calendarDate(row.created),
      },
    },
  },
  bills: {
    name: 'inventory-bills',
    render: renderBill,
    createdOf: billCreated,
    modifiedOf: billModified,
    filters: {
      dateFrom: {
        kind: 'instant',
        date: 'date',
        test: 'atOrAfter',
        of: (row) => calendarDate(row.created),
      },
      dateTo: {
        kind: 'instant',
        date: 'date',
        test: 'before',
        of: (row) => calendarDate(row.created),
      },
    },
  },
} satisfies {
  purchaseOrders: TableDefinition<PurchaseOrderRow>;
  returns: TableDefinition<ReturnRow>;
  bills: TableDefinition<BillRow>;
};
