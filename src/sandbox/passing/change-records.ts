import { mergeCustomer } from '../history/people.ts';
import { addReturn } from '../history/orders.ts';
import { at, below } from '../random.ts';
import type { AppointmentRow, NamedRow } from '../rows.ts';
import { remove, touch } from '../table.ts';
import type { Table } from '../table.ts';
import { day, hour, minute } from '../ticks.ts';
import { nextSalt } from '../world.ts';
import type { World } from '../world.ts';
import { someRow } from './span.ts';
import type { Moment, Span } from './span.ts';

/** Two customers of a region turn out to be one. */
export function merge(world: World, { salt, at }: Moment): void {
  const { customers, locations } = world.tables;
  const isActive = (row: { active: boolean; customer: { active: boolean } }) =>
    row.active && row.customer.active;
  const loser = someRow(locations, salt, isActive);
  const heir = someRow(locations, nextSalt(world), isActive);
  if (loser === undefined || heir === undefined || loser.customer === heir.customer) return;
  mergeCustomer(loser, heir);
  for (const row of [loser.customer, heir.customer]) touch(customers, row, at);
  touch(locations, loser, at);
}

/** A record gets another name. */
export function rename<R extends NamedRow>(table: Table<R>, { salt, at }: Moment): void {
  const row = someRow(table, salt, ({ active }) => active);
  if (row === undefined) return;
  row.renamed = `${row.name} ${1 + below(salt, 430, 99)}`;
  touch(table, row, at);
}

/** A record is removed for good, unless only a few are left. */
export function removeOne<R extends NamedRow>(
  table: Table<R>,
  { salt, at }: Moment,
  least: number,
): void {
  if (table.rows.length - table.removedCount <= least) return;
  const row = someRow(table, salt);
  if (row !== undefined) remove(table, row, at);
}

/** A painting type is renamed: estimate types keep the names that reports know them by. */
export function renameJobType(world: World, { salt, at }: Moment): void {
  const row = someRow(world.tables.jobTypes, salt, ({ group }) => group === 'paint');
  if (row === undefined) return;
  row.renamed = `${row.name} (${2 + below(salt, 431, 8)})`;
  touch(world.tables.jobTypes, row, at);
}

/** A painting type is retired. */
export function retireJobType(world: World, { salt, at }: Moment): void {
  const row = someRow(
    world.tables.jobTypes,
    salt,
    ({ group, active }) => group === 'paint' && active,
  );
  if (row === undefined) return;
  row.active = false;
  touch(world.tables.jobTypes, row, at);
}

/** A job that is still ahead gets another appointment. */
export function addVisit(world: World, { salt, at: when }: Moment): void {
  const job = [...world.pending].at(-1);
  if (job === undefined || job.order < 0) return;
  const start = Math.max(job.due, when) + day;
  const row: AppointmentRow = {
    id: 1,
    order: -1,
    created: when,
    modified: when,
    feedAt: -1,
    salt,
    active: true,
    removed: false,
    job,
    start: Math.floor(start / minute) * minute,
    end: Math.floor(start / minute) * minute + 2 * hour,
    done: false,
  };
  job.due = start + 2 * hour;
  job.appointments.push(row);
  world.tables.appointments.staged.push(row);
  touch(world.tables.jobs, job, when);
}

/** An order arrives or is called off; something of another one goes back. */
export function moveOrders(world: World, moment: Moment, { to }: Span): void {
  const { purchaseOrders } = world.tables;
  const { salt, at: when } = moment;
  const isOut = ({ status }: { status: string }) => status === 'Pending' || status === 'Sent';
  const order = someRow(purchaseOrders, salt, isOut);
  if (order !== undefined) {
    order.status = at(['Received', 'Canceled', 'Exported'], below(salt, 432, 3));
    touch(purchaseOrders, order, when);
  }
  const back = someRow(purchaseOrders, nextSalt(world), ({ status }) => status === 'Received');
  if (back !== undefined) addReturn(world, back, to);
}
