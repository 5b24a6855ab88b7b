import { below, roll } from '../random.ts';
import type { JobRow, PayItemRow, PeriodRow, PersonRow } from '../rows.ts';

import { calendarDate, day, hour, msOfTicks, ticksOfMs, withFraction } from '../ticks.ts';
import { nextSalt, personAt, takeShare } from '../world.ts';
import type { World } from '../world.ts';
import { lastModified, within } from './calendar.ts';

/** A job's part in the sharing-out of pay items. */
export function payWeight(job: JobRow): number {
  if (job.status !== 'Completed') return 0;
  return { sales: 0.35, paint: 9, warranty: 3, touchup: 3, service: 2 }[job.kind];
}

/** The payroll of a person's month, made when its first item asks for it. */
export function periodOf(world: World, person: PersonRow, date: number, cap: number): PeriodRow {
  const month = new Date(msOfTicks(date));
  const key = `${person.technician ? 't' : 'e'}${person.order}/${month.getUTCFullYear()}/${month.getUTCMonth()}`;
  const known = world.periods.get(key);
  if (known !== undefined) return known;
  const salt = nextSalt(world);
  const from = ticksOfMs(Date.UTC(month.getUTCFullYear(), month.getUTCMonth(), 1));
  const to = ticksOfMs(Date.UTC(month.getUTCFullYear(), month.getUTCMonth() + 1, 0));
  const created = Math.min(cap, withFraction(from + 7 * hour, salt, 1));
  const closed = to + 5 * day < cap;
  const period: PeriodRow = {
    id: 1,
    order: -1,
    created,
    modified: Math.max(created, closed ? withFraction(to + 4 * day, salt, 3) : created),
    feedAt: -1,
    salt,
    active: true,
    removed: false,
    person,
    from,
    to,
    status: closed ? 2 + below(salt, 5, 3) : 0,
  };
  world.periods.set(key, period);
  world.tables.periods.staged.push(period);
  return period;
}

/** A pay item; a third have no id, and a few of those have a twin that is equal in every field. */
export function addPayItem(
  world: World,
  of: Pick<PayItemRow, 'period' | 'job' | 'amount' | 'type'>,
  date: number,
  cap: number,
): number {
  const salt = nextSalt(world);
  const created = withFraction(within(date + 31 * hour, date, cap, salt), salt, 1);
  const row: PayItemRow = {
    id: 1,
    order: -1,
    created,
    modified: Math.max(created, lastModified(salt, created, cap)),
    feedAt: -1,
    salt,
    active: true,
    removed: false,
    period: of.period,
    job: of.job,
    amount: of.amount,
    type: of.type,
    date,
  };
  if (below(salt, 3, 3) === 0) row.id = 0;
  world.tables.payItems.staged.push(row);
  if (row.id !== 0 || below(salt, 4, 25) !== 0) return 1;
  world.tables.payItems.staged.push({ ...row });
  return 2;
}

function itemAmount(job: JobRow, salt: number, count: number): number {
  const share = (job.amount > 0 ? job.amount * 0.37 : 12_000 * count) / count;
  if (below(salt, 1, 120) === 0) return -Math.round(share / 3);
  return Math.round(share * (0.8 + roll(salt, 2) * 0.4));
}

/** The pay that a finished job costs: hours of the crew, a bonus, the seller's commission. */
export function addPay(world: World, job: JobRow, cap: number): void {
  const count = takeShare(world.shares.payItems, payWeight(job));
  const sales = job.kind === 'sales';
  const first = calendarDate(job.appointments[0]?.start ?? job.due);
  const days = Math.max(1, Math.round((calendarDate(job.due) - first) / day) + 1);
  for (let made = 0; made < count;) {
    const salt = nextSalt(world);
    const date = Math.min(first + (made % days) * day, calendarDate(job.due));
    const person = made % 3 === 0 ? job.person : personAt(world, 'field', salt, date);
    const period = periodOf(world, person, date, cap);
    const amount = sales
      ? job.soldAt <= cap
        ? Math.round(job.amount * 0.03)
        : 1_500
      : itemAmount(job, salt, count);
    const type = sales ? (job.soldAt <= cap ? 1 : 2) : below(salt, 3, 15) === 0 ? 1 : 0;
    made += addPayItem(world, { period, job, amount, type }, date, cap);
  }
}

/** Pay of no job: salaries, reimbursements and corrections. */
export function addLoosePay(world: World, count: number, from: number, cap: number): void {
  for (let made = 0; made < count;) {
    const salt = nextSalt(world);
    const date = calendarDate(from + roll(salt, 1) * (cap - from));
    const person = personAt(world, below(salt, 2, 3) === 0 ? 'field' : 'office', salt, date);
    const period = periodOf(world, person, date, cap);
    const type = person.technician ? 4 : 3;
    const amount = below(salt, 3, 15) === 0 ? -4_000 : 20_000 + below(salt, 4, 90_000);
    made += addPayItem(world, { period, job: null, amount, type }, date, cap);
  }
}

/** Adjustments to pay, most of them because of an invoice. */
export function addAdjustments(world: World, count: number, from: number, cap: number): void {
  const invoices = world.tables.invoices.rows;
  for (let index = 0; index < count; index++) {
    const salt = nextSalt(world);
    const invoice = invoices[below(salt, 1, Math.max(1, invoices.length))] ?? null;
    const free = from + roll(salt, 2) * (cap - from);
    const instant = Math.min(
      cap,
      invoice === null || from > invoice.created ? free : invoice.created + 9 * day,
    );
    const created = Math.min(cap, withFraction(instant, salt, 3));
    const row = {
      id: 1,
      order: -1,
      created,
      modified: Math.max(created, lastModified(salt, created, cap)),
      feedAt: -1,
      salt,
      active: true,
      removed: false,
      invoice: below(salt, 5, 5) === 0 ? null : invoice,
      person: personAt(world, 'field', salt, created),
      amount: below(salt, 6, 20_000) - 8_000,
    };
    row.active = below(salt, 7, 60) !== 0;
    world.tables.adjustments.staged.push(row);
  }
}
