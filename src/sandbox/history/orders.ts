import { below, pick, roll } from '../random.ts';
import type { BillRow, JobRow, PurchaseOrderRow, ReturnRow } from '../rows.ts';

import { day, hour, withFraction } from '../ticks.ts';
import { nextSalt } from '../world.ts';
import type { World } from '../world.ts';
import { lastModified, within } from './calendar.ts';

const later = ['Received', 'Exported', 'Received', 'Exported', 'PartiallyReceived', 'Canceled'];

/** Material that goes back to the vendor. */
export function addReturn(world: World, order: PurchaseOrderRow, cap: number): void {
  const salt = nextSalt(world);
  const created = withFraction(
    within(order.created + (4 + below(salt, 1, 30)) * day, order.created, cap, salt),
    salt,
    2,
  );
  const row: ReturnRow = {
    id: 1,
    order: -1,
    created,
    modified: Math.max(created, lastModified(salt, created, cap)),
    feedAt: -1,
    salt,
    active: true,
    removed: false,
    purchaseOrder: order,
    status: pick(salt, 4, [0, 1, 1, 2, 2, 2, 3]),
    amount: Math.round(order.total * (0.1 + roll(salt, 5) * 0.4)),
  };
  row.active = below(salt, 6, 40) !== 0;
  world.tables.returns.staged.push(row);
}

function addBill(world: World, order: PurchaseOrderRow, cap: number): void {
  const salt = nextSalt(world);
  const created = withFraction(
    within(order.created + (2 + below(salt, 11, 20)) * day, order.created, cap, salt),
    salt,
    12,
  );
  const row: BillRow = {
    id: 1,
    order: -1,
    created,
    modified: Math.max(created, lastModified(salt, created, cap)),
    feedAt: -1,
    salt,
    active: true,
    removed: false,
    purchaseOrder: order,
    amount: order.total,
  };
  row.active = below(salt, 13, 80) !== 0;
  world.tables.bills.staged.push(row);
}

/** The material of a painting job: an order, and what comes of it. */
export function addOrders(world: World, job: JobRow | null, cap: number): void {
  const salt = nextSalt(world);
  if (job === null || roll(salt, 1) > 0.78) return;
  const created = Math.min(
    cap,
    withFraction(job.created + (1 + below(salt, 2, 60)) * hour, salt, 3),
  );
  const old = created + 10 * day < cap;
  const row: PurchaseOrderRow = {
    id: 1,
    order: -1,
    created,
    modified: Math.max(created, lastModified(salt, old ? created + 5 * day : created, cap)),
    feedAt: -1,
    salt,
    active: true,
    removed: false,
    job: below(salt, 5, 40) === 0 ? null : job,
    status: old ? pick(salt, 6, later) : pick(salt, 7, ['Pending', 'Sent']),
    total: job.amount > 0 ? Math.round(job.amount * (0.08 + roll(salt, 8) * 0.08)) : 6_500,
  };
  world.tables.purchaseOrders.staged.push(row);
  if (old && roll(salt, 9) < 0.07) addReturn(world, row, cap);
  if (old && roll(salt, 10) < 0.7) addBill(world, row, cap);
}
