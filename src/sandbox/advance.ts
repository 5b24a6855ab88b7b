import { allTables, quietTime, sealAll } from './company.ts';
import {
  applyRest,
  changeCost,
  dismiss,
  giveBack,
  payOld,
  reprice,
  rerunPayroll,
  sellLate,
} from './passing/change-money.ts';
import {
  addVisit,
  merge,
  moveOrders,
  removeOne,
  rename,
  renameJobType,
  retireJobType,
} from './passing/change-records.ts';
import { deactivate, disturb, momentIn } from './passing/span.ts';
import type { Moment, Span } from './passing/span.ts';
import { addNewWork, cancelJob, finishWork, sellWaiting } from './passing/work-goes-on.ts';
import type { Table } from './table.ts';
import { day, instantText } from './ticks.ts';
import type { World } from './world.ts';

/** What an advance did, per entity. */
export type Summary = {
  /** Everything happened between these instants. */
  from: string;
  to: string;
  added: Record<string, number>;
  changed: Record<string, number>;
  removed: Record<string, number>;
  /** Invoices with an item that changed on its own: they stay as they were, the nested item too. */
  silentInvoiceIds: number[];
};

type Change = (world: World, moment: Moment, span: Span) => void;

/** What happens several times a day. */
const dailyChanges: readonly Change[] = [
  sellLate,
  dismiss,
  reprice,
  giveBack,
  payOld,
  applyRest,
  moveOrders,
  ...(['customers', 'locations', 'jobs', 'timesheets', 'bills', 'projects'] as const).map(
    (name): Change =>
      ({ tables }, moment) => {
        disturb<never>(tables[name] as Table<never>, moment);
      },
  ),
];

/** What happens now and then; once in each advance. */
const rareChanges: readonly Change[] = [
  merge,
  rerunPayroll,
  addVisit,
  (world, { at }, { to }) => {
    cancelJob(world, at, to);
  },
  renameJobType,
  retireJobType,
  ({ tables }, moment) => {
    rename(tables.campaigns, moment);
  },
  (world, { salt }, span) => {
    rename(world.tables.tagTypes, { salt: salt + 1, at: momentIn(world, span).at });
  },
  (world, _, span) => {
    removeOne(world.tables.campaigns, momentIn(world, span), 30);
  },
  (world, _, span) => {
    removeOne(world.tables.paymentTypes, momentIn(world, span), 5);
  },
  ...(
    [
      'estimates',
      'invoices',
      'payments',
      'appointments',
      'jobs',
      'campaigns',
      'customers',
      'locations',
      'timesheets',
      'adjustments',
      'returns',
      'bills',
      'projects',
      'employees',
      'technicians',
      'tagTypes',
    ] as const
  ).map((name): Change => ({ tables }, moment) => {
    deactivate<never>(tables[name] as Table<never>, moment);
  }),
];

type Numbers = Record<string, number>;

function countEach(world: World, count: (table: Table) => number): Numbers {
  return Object.fromEntries(allTables(world).map((table) => [table.name, count(table)]));
}

function difference(after: Numbers, before: Numbers): Numbers {
  const entries = Object.entries(after).map(
    ([name, count]) => [name, count - (before[name] ?? 0)] as const,
  );
  return Object.fromEntries(entries.filter(([, count]) => count !== 0));
}

function changeThings(world: World, span: Span): number[] {
  const times = Math.min(20, Math.max(1, Math.round(span.days * 2)));
  const silent: number[] = [];
  for (let time = 0; time < times; time++) {
    for (const change of dailyChanges) change(world, momentIn(world, span), span);
    const invoiceId = changeCost(world, momentIn(world, span));
    if (invoiceId !== undefined) silent.push(invoiceId);
  }
  for (const change of rareChanges) change(world, momentIn(world, span), span);
  return silent;
}

/**
 * Lets time pass from one tick to another. The last twenty minutes stay quiet, so that exports hold nothing back; a
 * span shorter than that changes nothing.
 */
export function advanceCompany(world: World, from: number, now: number): Summary {
  const to = now - quietTime;
  const rows = countEach(world, (table) => table.rows.length);
  const removed = countEach(world, (table) => table.removedCount);
  let silentInvoiceIds: number[] = [];
  let changed: Numbers = {};
  if (to > from) {
    const span: Span = { from, to, days: (now - from) / day };
    finishWork(world, span);
    sellWaiting(world, span);
    addNewWork(world, span);
    silentInvoiceIds = changeThings(world, span);
    changed = difference(
      countEach(world, (table) => table.touched.size),
      {},
    );
    sealAll(world, from);
  }
  return {
    from: instantText(from),
    to: instantText(Math.max(from, to)),
    added: difference(
      countEach(world, (table) => table.rows.length),
      rows,
    ),
    changed,
    removed: difference(
      countEach(world, (table) => table.removedCount),
      removed,
    ),
    silentInvoiceIds,
  };
}
