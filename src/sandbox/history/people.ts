import { at, below, roll } from '../random.ts';
import type { CustomerRow, LocationRow, PersonRow } from '../rows.ts';
import { seal } from '../table.ts';
import { day, hour, minute, withFraction } from '../ticks.ts';
import { nextSalt } from '../world.ts';
import type { World } from '../world.ts';
import { staysOn } from '../families/people.ts';
import { booksOpen, lastModified } from './calendar.ts';

function addCrew(world: World, technician: boolean, count: number, cap: number): void {
  const table = technician ? world.tables.technicians : world.tables.employees;
  const seats = technician ? world.seats.field : world.seats.office;
  const rounds = Math.ceil(count / seats);
  const stay = (cap - booksOpen) / rounds;
  for (let index = 0; index < count; index++) {
    const round = Math.floor(index / seats);
    const from = booksOpen + round * stay + (round === 0 ? -200 * day : below(index, 1, 20) * day);
    const last = index + seats >= count;
    const to = last ? booksOpen + staysOn : booksOpen + (round + 1) * stay;
    const salt = nextSalt(world);
    const created = withFraction(from - (index + 1) * minute, salt, 1);
    const row: PersonRow = {
      id: 1,
      order: -1,
      created,
      modified: Math.max(created, last ? lastModified(salt, created, cap) : Math.min(to, cap)),
      feedAt: -1,
      salt,
      active: true,
      removed: false,
      technician,
      unit: at(world.tables.units.rows, below(salt, 5, 12)),
      from,
      to,
    };
    row.active = last;
    table.staged.push(row);
  }
  // In order of their seats, whatever their first day: the crew is found by position.
  table.staged.forEach((row, index) => {
    row.created =
      table.staged[0] === undefined ? row.created : at(table.staged, 0).created + index * minute;
    row.modified = Math.max(row.modified, row.created);
  });
  seal(table);
}

/** 120 technicians and 40 employees who follow one another on the seats of the crews. */
export function addPeople(world: World, cap: number): void {
  addCrew(world, true, 120, cap);
  addCrew(world, false, 40, cap);
}

/** A new customer with a first location. */
export function addCustomer(
  world: World,
  region: number,
  instant: number,
  cap: number,
): LocationRow {
  const salt = nextSalt(world);
  const created = Math.min(cap, withFraction(instant - below(salt, 1, 30) * minute, salt, 2));
  const customer: CustomerRow = {
    id: 1,
    order: -1,
    created,
    modified: Math.max(created, lastModified(salt, created, cap)),
    feedAt: -1,
    salt,
    active: true,
    removed: false,
    region,
    commercial: region === 4 || roll(salt, 3) < 0.06,
    merged: null,
  };
  world.tables.customers.staged.push(customer);
  const location = addLocation(world, customer, created, cap);
  const earlier = world.locationsByRegion[region]?.at(-1);
  if (earlier !== undefined && below(salt, 4, 150) === 0) {
    mergeCustomer(location, earlier);
  } else if (below(salt, 5, 120) === 0) {
    customer.active = false;
  }
  world.locationsByRegion[region]?.push(location);
  return location;
}

/** A location of a customer. */
export function addLocation(
  world: World,
  customer: CustomerRow,
  instant: number,
  cap: number,
): LocationRow {
  const salt = nextSalt(world);
  const row: LocationRow = {
    id: 1,
    order: -1,
    created: instant,
    modified: Math.max(instant, lastModified(salt, instant, cap)),
    feedAt: -1,
    salt,
    active: true,
    removed: false,
    customer,
    merged: null,
  };
  row.active = below(salt, 6, 100) !== 0;
  world.tables.locations.staged.push(row);
  return row;
}

/** Makes a location's customer the loser of a merge: inactive, and pointing at its heir. */
export function mergeCustomer(loser: LocationRow, heir: LocationRow): void {
  loser.customer.merged = heir.customer;
  loser.customer.active = false;
  loser.merged = heir;
  loser.active = false;
}

/** Customers of the years before the books open. */
export function addOldCustomers(world: World, count: number, cap: number): void {
  for (let index = 0; index < count; index++) {
    const instant = booksOpen - 690 * day + (index / count) * 680 * day + 9 * hour;
    addCustomer(world, index % 6, instant, cap);
  }
}
