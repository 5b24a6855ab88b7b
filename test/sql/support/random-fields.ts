import fc from 'fast-check';
import type { Arbitrary } from 'fast-check';
import {
  balance,
  dateField,
  idUpTo,
  instant,
  money,
  quantity,
  rarelyFalse,
  rarelyTrue,
  spell,
} from './random-values.ts';
import type { Rows } from './reference/rows.ts';

const traits = { active: rarelyFalse, _deleted: rarelyTrue };

const units = [
  ...['North-Sales', 'North-Made', 'Hill-Sales', 'South-Made', 'Unlisted', 'Retired'],
  ...['Old North', 'Back office'],
];
const types = [
  ...['Estimate-Res-Ext', 'Warranty', ' Estimate- Cabinets', 'Estimate, cabinets', 'Touchup '],
  ...['PM Inspection', 'Interior', 'Window/Solar-Touchup', 'Re-estimate'],
];
const people = ['Iris Quill', 'Rui Teal', 'Ana Marsh', 'Contest winner', 'a test'];
const places = ['Elm 4', ' ', 'Oak 5', '', ' Elm 4 '];

/** The last one is retired, and the one before it deleted: both still name what refers to them. */
const named = (names: readonly string[]) =>
  names.map((name, index) => ({
    id: index + 1,
    name,
    ...(index === names.length - 1 ? { active: false } : {}),
    ...(index === names.length - 2 ? { _deleted: true } : {}),
  }));

/** What other records refer to, by the tables that have names. */
export const namedRows: Partial<Record<keyof Rows, ({ id: number } & Record<string, unknown>)[]>> =
  {
    business_units: named(units),
    job_types: named(types),
    customers: named(people),
    locations: named(places),
  };

/** Ids run from 1 to these; references go further, and then point nowhere. */
export const keysMax: Record<keyof Rows, number> = {
  business_units: 8,
  job_types: 9,
  customers: 5,
  locations: 5,
  jobs: 15,
  appointments: 12,
  estimates: 20,
  invoices: 15,
  invoice_items: 15,
  payments: 10,
  payroll: 12,
  purchase_orders: 10,
  returns: 8,
};

const unitId = fc.oneof(
  { weight: 2, arbitrary: idUpTo(4) },
  { weight: 1, arbitrary: idUpTo(keysMax.business_units + 1) },
);
const jobId = idUpTo(keysMax.jobs + 1);
const invoiceId = idUpTo(keysMax.invoices + 1);
const customerId = fc.oneof(idUpTo(1), idUpTo(keysMax.customers + 1));
const locationId = fc.oneof(idUpTo(1), idUpTo(keysMax.locations + 1));

const appliedPart = fc.record(
  {
    appliedTo: invoiceId,
    appliedAmount: fc.oneof(
      { weight: 9, arbitrary: money },
      { weight: 1, arbitrary: fc.constantFrom('', 'none', '0.0000000005', '-12.34567890049') },
    ),
  },
  { requiredKeys: [] },
);

/** Each raw table's fields: those that the definitions name, and some that they must not be taken from. */
export const fieldsOf: Record<keyof Rows, Record<string, Arbitrary<unknown>>> = {
  business_units: { ...traits, name: spell(...units) },
  job_types: { ...traits, name: spell(...types) },
  customers: { ...traits, name: spell(...people, 'Testa Umber'), mergedToId: customerId },
  locations: { ...traits, name: fc.constantFrom(...places), mergedToId: locationId },
  jobs: {
    ...traits,
    businessUnitId: unitId,
    jobTypeId: fc.oneof(idUpTo(3), idUpTo(keysMax.job_types + 1)),
    customerId,
    jobStatus: spell('Completed', 'Canceled', 'Scheduled'),
    createdOn: instant,
    completedOn: instant,
    noCharge: fc.boolean(),
    total: money,
  },
  appointments: { ...traits, jobId, start: instant, status: spell('Done', 'Canceled') },
  estimates: {
    ...traits,
    jobId,
    businessUnitId: unitId,
    statusName: spell('Sold', 'Open', 'Sold', 'Dismissed'),
    soldOn: instant,
    subtotal: money,
    tax: money,
    modifiedOn: instant,
    createdOn: instant,
  },
  invoices: {
    ...traits,
    jobId,
    businessUnitId: unitId,
    locationId,
    // A name can look like the id of another location.
    locationName: fc.constantFrom('Elm 4', '1', ' ', '', ' Elm 4', '1'),
    subTotal: money,
    balance,
    total: money,
  },
  invoice_items: {
    ...traits,
    invoiceId,
    type: spell('Material', 'Equipment', 'Service'),
    totalCost: fc.option(money, { nil: undefined, freq: 2 }),
    cost: money,
    quantity,
    total: money,
  },
  payments: {
    ...traits,
    businessUnitId: unitId,
    total: money,
    unappliedAmount: money,
    date: dateField,
    createdOn: instant,
    appliedTo: fc.array(appliedPart, { maxLength: 4 }),
  },
  payroll: {
    ...traits,
    jobId,
    amount: fc.oneof(fc.constantFrom('200', '55.5'), money),
    amountAdjustment: money,
  },
  purchase_orders: {
    _deleted: rarelyTrue,
    jobId,
    businessUnitId: unitId,
    status: spell('Received', 'Canceled'),
    total: money,
    tax: money,
  },
  returns: {
    ...traits,
    jobId,
    businessUnitId: unitId,
    status: spell('Received', 'Canceled'),
    returnAmount: money,
    taxAmount: money,
  },
};
