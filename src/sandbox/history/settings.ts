import { at } from '../random.ts';
import type { JobTypeRow, NamedRow, Row, UnitRow } from '../rows.ts';
import { seal, startRow } from '../table.ts';
import type { Table } from '../table.ts';
import { day, withFraction } from '../ticks.ts';
import { nextSalt } from '../world.ts';
import type { World } from '../world.ts';
import { booksOpen } from './calendar.ts';

const units: readonly [string, UnitRow['kind'], number, boolean][] = [
  ['Phoenix-Sales', 'sales', 0, true],
  ['Phoenix-Production', 'production', 0, true],
  ['Tucson-Sales', 'sales', 1, true],
  ['Tucson-Production', 'production', 1, true],
  ['Nevada-Sales', 'sales', 2, true],
  ['Nevada-Production', 'production', 2, true],
  ["Andy's Painting-Sales", 'sales', 3, true],
  ["Andy's Painting-Production", 'production', 3, true],
  ['Commercial-AZ-Sales', 'sales', 4, true],
  ['Commercial-AZ-Production', 'production', 4, true],
  ['Guaranteed Painting-Sales', 'sales', 5, true],
  ['Guaranteed Painting-Production', 'production', 5, true],
  ['Z-DO NOT USE - West - Sales', 'sales', 0, false],
  ['Z-DO NOT USE - West- Production', 'production', 0, false],
  ['Office Admin', 'none', 0, true],
];

const estimateTypes = [
  'ESTIMATE- WINDOW WASHING',
  'Estimate, Cabinets',
  'Estimate- Cabinets ',
  'Estimate- Exterior PLUS Int Cabinets',
  'Estimate- Interior PLUS Cabinets',
  'ESTIMATE -RES-EXT-PRE 1960',
  'ESTIMATE -RES-INT/EXT-PRE 1960',
  'ESTIMATE-COMM-EXT',
  'ESTIMATE-COMM-EXT/INT',
  'ESTIMATE-COMM-INT',
  'ESTIMATE-COMM-PLANBID',
  'ESTIMATE-COMM-Striping',
  'ESTIMATE-FLOOR COATING-EPOXY',
  'ESTIMATE-FLOOR COATINGS-EPOXY',
  'ESTIMATE-FLOOR COATING-H&C Coatings',
  'ESTIMATE-POPCORN',
  'ESTIMATE-RES-EXT',
  ' ESTIMATE-RES-EXT/INT',
  'ESTIMATE-RES-HOA',
  'ESTIMATE-RES-INT ',
  'Estimate-RES-INT/EXT Plus Cabinets',
];
const paintTypes = [
  'Exterior Repaint',
  'Interior Repaint',
  'Interior/Exterior Repaint',
  'Cabinet Refinish',
  'Commercial Exterior',
  'Commercial Interior',
  'HOA Repaint',
  'Epoxy Floor Install',
  'H&C Floor Install',
  'Popcorn Removal',
  'Stucco Patch & Paint',
  'Drywall Repair',
  'Deck Stain',
  'Fence & Gate',
  'Line Striping',
  'Pre-1960 Exterior',
  'Trim Only',
  'Wallpaper Removal (old)',
  'Punch List (old)',
];
const serviceTypes = [
  'Warranty',
  'Touchup',
  'PM Inspection',
  'Safety Inspection',
  'Window/Solar Washing',
  'Window/Solar-Touchup',
];
const retiredTypes = new Set([
  'ESTIMATE-FLOOR COATINGS-EPOXY',
  'Wallpaper Removal (old)',
  'Punch List (old)',
]);
const paymentTypes =
  'Cash,Check,Visa,MasterCard,Amex,ACH,Financing,Gift Card,Trade (old),Wire'.split(',');
const campaignWords = 'Spring,Summer,Autumn,Winter,Mailer,Radio,Yard Sign,Referral,Truck,Web'.split(
  ',',
);

function start(world: World, index: number): Row {
  const created = booksOpen - 400 * day + index * 1e9;
  return startRow(nextSalt(world), created, withFraction(created + index * 30 * day, index, 1));
}

function addNamed(world: World, table: Table<NamedRow>, names: readonly string[]): void {
  for (const [index, name] of names.entries()) {
    const row = { ...start(world, index), name };
    row.active = index % 9 !== 8;
    table.staged.push(row);
  }
  seal(table);
}

function addJobTypes(world: World): void {
  const table = world.tables.jobTypes;
  const add = (name: string, group: JobTypeRow['group']) => {
    const row = { ...start(world, table.staged.length), name, group };
    row.active = !retiredTypes.has(name);
    table.staged.push(row);
  };
  for (const name of estimateTypes) add(name, 'estimate');
  for (const name of paintTypes) add(name, 'paint');
  for (const name of serviceTypes) add(name, 'service');
  seal(table);
}

/** Business units, job types, tags, campaigns and payment types: the same at every scale. */
export function addSettings(world: World): void {
  const { tables } = world;
  for (const [index, [name, kind, region, active]] of units.entries()) {
    const row = { ...start(world, index), name, kind, region };
    row.active = active;
    tables.units.staged.push(row);
  }
  seal(tables.units);
  addJobTypes(world);
  addNamed(world, tables.paymentTypes, paymentTypes);
  const tags = Array.from({ length: 30 }, (_, index) => `Tag ${index + 1}`);
  addNamed(world, tables.tagTypes, tags);
  const campaigns = Array.from(
    { length: 60 },
    (_, index) => `${at(campaignWords, index % 10)} ${2019 + Math.floor(index / 10)}`,
  );
  addNamed(world, tables.campaigns, campaigns);
}

/** The unit that takes a kind of work in a region; one of the retired pair in Phoenix's first years. */
export function unitFor(world: World, kind: 'sales' | 'production', region: number, old: boolean) {
  const offset = kind === 'sales' ? 0 : 1;
  return at(world.tables.units.rows, old ? 12 + offset : region * 2 + offset);
}

/** The unit that no roll-up knows. */
export function officeUnit(world: World): UnitRow {
  return at(world.tables.units.rows, 14);
}
