import { at, below, pick, roll } from '../random.ts';
import type { AppointmentRow, JobKind, JobRow, JobTypeRow, LocationRow } from '../rows.ts';

import { day, hour, minute, ticksOfMs, withFraction } from '../ticks.ts';
import { nextSalt, personAt } from '../world.ts';
import type { World } from '../world.ts';
import { booksOpen, lastModified, onLocalDay, spreadInstants } from './calendar.ts';
import { addCustomer, addLocation } from './people.ts';
import { officeUnit, unitFor } from './settings.ts';

const regionShares = [0.42, 0.58, 0.7, 0.8, 0.88, 1];
const westRetired = ticksOfMs(Date.UTC(2021, 6, 1));
const kinds: readonly [number, JobKind][] = [
  [0.66, 'sales'],
  [0.9, 'paint'],
  [0.925, 'warranty'],
  [0.945, 'touchup'],
  [1, 'service'],
];

function kindOf(salt: number): JobKind {
  const share = roll(salt, 101);
  return kinds.find(([upTo]) => share < upTo)?.[1] ?? 'sales';
}

function typeFor(world: World, salt: number, kind: JobKind, region: number): JobTypeRow {
  const types = world.tables.jobTypes.rows;
  if (kind === 'warranty') return at(types, 40);
  if (kind === 'touchup') return at(types, 41);
  if (kind === 'service') return at(types, 42 + below(salt, 102, 4));
  if (kind === 'paint') return at(types, 21 + below(salt, 103, 19));
  if (region === 4) return at(types, 7 + below(salt, 104, 5));
  return at(types, pick(salt, 105, [16, 16, 16, 17, 19, 19, 18, below(salt, 106, 21)]));
}

/** Cents: small rooms to whole buildings, dearer each year. */
function priceOf(salt: number, region: number, instant: number): number {
  if (below(salt, 107, 250) === 0) return 0;
  const scale = region === 4 ? 900_000 : 330_000;
  const years = (instant - booksOpen) / (365 * day);
  const size = 0.25 + roll(salt, 108) ** 2 * 3;
  return Math.round(scale * size * (1 + 0.05 * years));
}

/** The sold estimate that a new painting job comes from, if one waits in the region. */
function takeSold(world: World, region: number, instant: number): JobRow | undefined {
  const waiting = at(world.sold, region);
  for (let index = 0; index < Math.min(40, waiting.length); index++) {
    if (at(waiting, index).soldAt <= instant) return waiting.splice(index, 1)[0];
  }
  return undefined;
}

function visitor(world: World, salt: number, region: number, instant: number, cap: number) {
  const known = at(world.locationsByRegion, region);
  if (known.length === 0 || roll(salt, 109) < 0.93) return addCustomer(world, region, instant, cap);
  const location = pick(salt, 110, known);
  if (roll(salt, 111) < 0.6) return addLocation(world, location.customer, instant, cap);
  return location;
}

type Origin = { location: LocationRow; source: JobRow | null; recallFor: JobRow | null };

function originOf(world: World, job: Plan, cap: number): Origin {
  const { salt, kind, region, created } = job;
  if (kind === 'paint') {
    const source = takeSold(world, region, created);
    if (source !== undefined) return { location: source.location, source, recallFor: null };
  } else if (kind !== 'sales') {
    const painted = at(world.painted, region);
    const earlier = painted[painted.length - 1 - below(salt, 112, 60)];
    if (earlier !== undefined)
      return { location: earlier.location, source: null, recallFor: earlier };
    const known = at(world.locationsByRegion, region);
    if (known.length > 0)
      return { location: pick(salt, 113, known), source: null, recallFor: null };
  }
  return { location: visitor(world, salt, region, created, cap), source: null, recallFor: null };
}

type Plan = { salt: number; kind: JobKind; region: number; created: number };

function unitOf(world: World, { salt, kind, region, created }: Plan) {
  if (below(salt, 114, 120) === 0) return officeUnit(world);
  const old = region === 0 && created < westRetired && roll(salt, 115) < 0.6;
  const selling = kind === 'sales' || (kind === 'warranty' && below(salt, 116, 20) === 0);
  return unitFor(world, selling ? 'sales' : 'production', region, old);
}

/** First start and end of the work: visits at all hours of the day, painting from early morning. */
function scheduleOf({ salt, kind, created }: Plan): { start: number; due: number } {
  if (kind === 'sales') {
    const hours = pick(salt, 117, [8, 9, 10, 11, 13, 14, 15, 16, 16.5, 17, 18, 21.7]);
    const start = onLocalDay(created, below(salt, 118, 9), hours);
    const begin = Math.max(start, created + hour);
    return {
      start: begin,
      due: withFraction(begin + (45 + below(salt, 119, 90)) * minute, salt, 120),
    };
  }
  const wait = kind === 'paint' ? 4 + below(salt, 121, 35) : 2 + below(salt, 122, 12);
  const start = onLocalDay(created, wait, pick(salt, 123, [7, 7, 8, 9]));
  const days = kind === 'paint' ? below(salt, 124, 6) : 0;
  return {
    start,
    due: withFraction(start + days * day + (5 + below(salt, 125, 5)) * hour, salt, 126),
  };
}

/** When the customer signs: on the spot, that evening, days or months later, or never. */
function saleOf({ salt, kind }: Plan, due: number): number {
  if (kind !== 'sales' || roll(salt, 127) > 0.42) return NaN;
  const form = below(salt, 128, 10);
  if (form < 4) return withFraction(due + below(salt, 129, 60) * minute, salt, 130);
  if (form === 4) return onLocalDay(due, 0, 18) + 2 * minute;
  if (form === 5)
    return withFraction(onLocalDay(due, 1, 0) + (below(salt, 131, 20) - 10) * minute, salt, 132);
  return withFraction(due + roll(salt, 133) ** 2 * 60 * day, salt, 134);
}

function addAppointments(world: World, job: JobRow, start: number, cap: number): void {
  const { salt } = job;
  const more = job.kind === 'paint' ? below(salt, 135, 4) === 0 : below(salt, 136, 8) === 0;
  const count =
    below(salt, 137, 160) === 0 ? 0 : more ? 2 + (below(salt, 138, 6) === 0 ? 1 : 0) : 1;
  for (let index = 0; index < count; index++) {
    const begin = start + (index === 0 ? 0 : (index * (job.due - start)) / count);
    const created = Math.min(cap, job.created + index * minute);
    const own = nextSalt(world);
    const done = job.status === 'Completed';
    const event = Math.min(cap, done ? Math.max(created, job.due) : created);
    const row: AppointmentRow = {
      id: 1,
      order: -1,
      created,
      modified: Math.max(created, lastModified(own, event, cap)),
      feedAt: -1,
      salt: own,
      active: true,
      removed: false,
      job,
      start: Math.floor(begin / minute) * minute,
      end: Math.floor(begin / minute) * minute + 2 * hour,
      done,
    };
    row.active = below(own, 7, 250) !== 0;
    job.appointments.push(row);
    world.tables.appointments.staged.push(row);
  }
}

function settle(world: World, job: JobRow, start: number, cap: number): void {
  const { salt } = job;
  const chance = job.kind === 'sales' ? 0.14 : 0.05;
  const canceledAt = job.created + roll(salt, 139) * Math.max(hour, start - job.created);
  if (roll(salt, 140) < chance && canceledAt <= cap) {
    job.status = 'Canceled';
    job.showCompleted = below(salt, 141, 6) === 0;
    job.due = withFraction(canceledAt, salt, 142);
  } else if (job.due <= cap) {
    job.status = 'Completed';
    job.showCompleted = true;
  } else {
    if (below(salt, 143, 60) === 0) job.status = 'Hold';
    world.pending.add(job);
  }
  const event = job.due <= cap ? job.due : job.created;
  job.modified = Math.max(job.created, lastModified(salt, event, cap));
}

function addJob(world: World, created: number, cap: number): JobRow {
  const salt = nextSalt(world);
  const share = roll(salt, 100);
  const region = regionShares.findIndex((upTo) => share < upTo);
  const plan: Plan = { salt, kind: kindOf(salt), region, created };
  const origin = originOf(world, plan, cap);
  const { start, due } = scheduleOf(plan);
  const fresh = plan.kind === 'sales' || plan.kind === 'paint' ? priceOf(salt, region, created) : 0;
  const job: JobRow = {
    id: 1,
    order: -1,
    created,
    modified: Math.max(created, created),
    feedAt: -1,
    salt,
    active: true,
    removed: false,
    kind: plan.kind,
    status: 'Scheduled',
    due,
    showCompleted: false,
    soldAt: saleOf(plan, due),
    amount: origin.source?.amount ?? fresh,
    unit: unitOf(world, plan),
    type: typeFor(world, salt, plan.kind, region),
    campaign: pick(salt, 144, world.tables.campaigns.rows),
    person: personAt(world, 'field', salt, created),
    customer: origin.location.customer,
    location: origin.location,
    source: origin.source,
    recallFor: origin.recallFor,
    project: null,
    appointments: [],
    estimates: [],
    invoices: [],
  };
  job.active = below(salt, 145, 500) !== 0;
  settle(world, job, start, cap);
  addAppointments(world, job, start, cap);
  if (job.status === 'Canceled') job.soldAt = NaN;
  if (!Number.isNaN(job.soldAt)) at(world.sold, region).push(job);
  if (job.kind === 'paint' && job.status === 'Completed') at(world.painted, region).push(job);
  world.tables.jobs.staged.push(job);
  return job;
}

/** New jobs between two instants, with their customers and appointments; nothing after `cap` has happened yet. */
export function addJobs(world: World, from: number, to: number, count: number): JobRow[] {
  const instants = spreadInstants(from, to, count, nextSalt(world));
  return instants.map((created) => addJob(world, created, to));
}
