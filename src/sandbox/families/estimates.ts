import * as json from '../json-text.ts';
import { at, below, pick } from '../random.ts';
import type { EstimateRow } from '../rows.ts';
import type { TableDefinition } from '../table.ts';
import { jobNumber } from './jobs.ts';

const services = ['Body', 'Trim', 'Eaves', 'Ceilings', 'Doors', 'Cabinets', 'Floor coat', 'Fence'];
const statusValues = { Open: 0, Sold: 1, Dismissed: 2 } as const;

/** Cuts an amount into `count` lines that add up to it. */
export function splitCents(cents: number, count: number): number[] {
  const part = Math.trunc(cents / count);
  return Array.from({ length: count }, (_, index) =>
    index === 0 ? cents - part * (count - 1) : part,
  );
}

function renderItem(row: EstimateRow, cents: number, index: number): string {
  const salt = row.salt + index;
  const name = pick(salt, 1, services);
  const cost = Math.round(cents * 0.4);
  const instant = json.instant(row.created);
  return (
    `{"id":${row.id * 4 + index},"sku":{"id":${5000 + below(salt, 2, 80)},"name":"${name}","displayName":"${name} \\u2013 paint","type":"Service",` +
    `"soldHours":${below(salt, 3, 20)}.25,"generalLedgerAccountId":40,"generalLedgerAccountName":"Sales","modifiedOn":${instant}},"skuAccount":"Sales",` +
    `"description":${json.noteNotNull(salt, 4)},"membershipTypeId":null,"qty":1.${'0'.repeat(below(salt, 5, 6) + 1)},"unitRate":${json.moneyNumber(cents, salt)},` +
    `"total":${json.moneyNumber(cents, salt)},"unitCost":${json.longCost(cost, salt)},"totalCost":${json.longCost(cost, salt)},"itemGroupName":"","itemGroupRootId":null,` +
    `"createdOn":${instant},"modifiedOn":${instant},"chargeable":${below(salt, 6, 2) === 0 ? 'null' : 'true'},"invoiceItemId":null,"budgetCodeId":null}`
  );
}

function renderItems(row: EstimateRow): string {
  if (below(row.salt, 70, 50) === 0) return 'null';
  const lines = splitCents(row.subtotal, 1 + below(row.salt, 71, 3));
  return `[${lines.map((cents, index) => renderItem(row, cents, index)).join(',')}]`;
}

function renderEstimate(row: EstimateRow): string {
  const { salt, job } = row;
  const status =
    row.status === 'Open' && below(salt, 72, 400) === 0
      ? 'null'
      : `{"value":${statusValues[row.status]},"name":"${row.status}"}`;
  const review = json.looseEnum(salt, 73, ['None', 'NeedsApproval', 'Approved', 'NotApproved'], 0);
  const deposit = below(salt, 74, 3) === 0;
  const seller = row.status === 'Sold' && job !== null ? job.person.id : 'null';
  return (
    `{"id":${row.id},"jobId":${json.idOf(job)},"projectId":${json.idOf(job?.project)},"locationId":${row.location.id},"customerId":${row.customer.id},` +
    `"name":${json.text(`${pick(salt, 75, services)} option ${'ABC'.charAt(below(salt, 76, 3))}`)},"jobNumber":${job === null ? 'null' : `"${jobNumber(job)}"`},` +
    `"status":${status},"reviewStatus":${review},"summary":${json.note(salt, 77)},"createdOn":${json.instant(row.created)},"modifiedOn":${json.instant(row.modified)},` +
    `"soldOn":${json.instant(row.soldOn)},"soldBy":${seller},"active":${row.active},"items":${renderItems(row)},"externalLinks":${below(salt, 78, 2) === 0 ? 'null' : '[]'},` +
    `"subtotal":${json.longMoneyNumber(row.subtotal, salt)},"tax":0.00,"businessUnitId":${job?.unit.id ?? 'null'},"businessUnitName":${json.text(job?.unit.name)},` +
    `"isRecommended":${below(salt, 79, 2) === 0},"budgetCodeId":null,"isChangeOrder":${job?.kind === 'paint'},"proposalTagName":null,` +
    `"depositAmount":${deposit ? json.moneyNumber(Math.trunc(row.subtotal / 4), salt) : 'null'},"depositPercent":${deposit ? '25.0' : 'null'},"requireDepositOnSignature":${deposit ? 'true' : 'null'}${json.close(salt)}`
  );
}

/** Estimates, open, sold and dismissed. */
export const estimateTables = {
  estimates: {
    name: 'estimates',
    render: renderEstimate,
    filters: {
      jobId: { kind: 'ids', of: (row) => row.job?.id ?? 0 },
      locationId: { kind: 'ids', of: (row) => row.location.id },
      status: { kind: 'text', of: (row) => row.status },
      jobNumber: { kind: 'text', of: (row) => (row.job === null ? '' : jobNumber(row.job)) },
      soldAfter: { kind: 'instant', date: 'soldOn', test: 'after', of: (row) => row.soldOn },
      soldBefore: { kind: 'instant', date: 'soldOn', test: 'before', of: (row) => row.soldOn },
    },
  },
} satisfies { estimates: TableDefinition<EstimateRow> };

/** The line of an estimate that an invoice line comes from, for its description. */
export function serviceName(salt: number): string {
  return at(services, below(salt, 80, services.length));
}
