import { allTables, createCompany, volumes } from '../../src/sandbox/company.ts';
import { ticksOfMs } from '../../src/sandbox/ticks.ts';
import { countRows } from '../../src/sandbox/table.ts';
import type { World } from '../../src/sandbox/world.ts';
import { start } from './client.ts';

const make = (scale: number, seed = 1) => createCompany({ seed, scale, now: ticksOfMs(start) });
const textOf = (world: World) =>
  allTables(world).map((table) => table.rows.map((row) => table.render(row, true)).join('\n'));

test('the same seed, scale and instant make the same company, another seed another one', () => {
  expect(textOf(make(0.002))).toEqual(textOf(make(0.002)));
  expect(textOf(make(0.002, 2))).not.toEqual(textOf(make(0.002)));
});

test.each([0.003, 0.0377, 1])('scale %d gives exactly its share of the volumes', (scale) => {
  const { tables } = make(scale);
  expect(tables.jobs.rows).toHaveLength(Math.round(volumes.jobs * scale));
  expect(tables.estimates.rows).toHaveLength(Math.round(volumes.estimates * scale));
  expect(tables.invoices.rows).toHaveLength(Math.round(volumes.invoices * scale));
  expect(tables.payments.rows).toHaveLength(Math.round(volumes.payments * scale));
  const payItems = countRows(tables.payItems);
  expect(Math.abs(payItems - volumes.payItems * scale)).toBeLessThan(5);
  expect(tables.periods.rows.length).toBeLessThan(5000);
  expect(tables.jobTypes.rows).toHaveLength(46);
  expect(tables.units.rows.length).toBeGreaterThanOrEqual(15);
});

test('tables are in order of creation and nothing lies ahead of the quiet time', () => {
  const world = make(0.01);
  for (const table of allTables(world)) {
    const created = table.rows.map((row) => row.created);
    expect(created).toEqual([...created].sort((a, b) => a - b));
    expect(table.stamps).toEqual([...table.stamps].sort((a, b) => a - b));
    expect(table.stamps.at(-1) ?? 0).toBeLessThan(ticksOfMs(start - 19 * 60_000));
    expect(table.rows.filter((row) => row.modified < row.created)).toEqual([]);
  }
});

test('the company holds the cases that the numbers have to get right', () => {
  const { tables } = make(0.05);
  const localHour = (ticks: number) => (((ticks / 36e9 - 7) % 24) + 24) % 24;
  const jobs = tables.jobs.rows;
  const sold = tables.estimates.rows.filter(({ status }) => status === 'Sold');
  const cases = {
    canceledWithCompletedOn: jobs.some((job) => job.status === 'Canceled' && job.showCompleted),
    withoutAppointments: jobs.some((job) => job.appointments.length === 0),
    retiredUnits: jobs.some((job) => job.unit.name.startsWith('Z-DO NOT USE')),
    unmappedUnits: jobs.some((job) => job.unit.kind === 'none'),
    warrantyWithoutRevenue: jobs.some(
      (job) => job.kind === 'warranty' && job.invoices.every((bill) => bill.subtotal === 0),
    ),
    soldForNothing: sold.some(({ subtotal }) => subtotal === 0),
    soldJustBeforeMidnight: sold.some(({ soldOn }) => localHour(soldOn) > 23.8),
    soldJustAfterMidnight: sold.some(({ soldOn }) => localHour(soldOn) < 0.2),
    estimatesWithoutJob: tables.estimates.rows.some(({ job }) => job === null),
    invoicesWithoutJob: tables.invoices.rows.some(({ job }) => job === null),
    refunds: tables.payments.rows.some(({ total }) => total < 0),
    unapplied: tables.payments.rows.some(({ applied }) => applied.length === 0),
    splitOverUnits: tables.payments.rows.some(
      ({ applied }) => new Set(applied.map(({ invoice }) => invoice.unit)).size > 1,
    ),
    canceledOrders: tables.purchaseOrders.rows.some(({ status }) => status === 'Canceled'),
    returns: tables.returns.rows.length > 0,
    mergedCustomers: tables.customers.rows.some(({ merged }) => merged !== null),
    oldCustomers: tables.customers.rows.some(
      ({ created }) => created < ticksOfMs(Date.UTC(2020, 0, 1)),
    ),
    inactiveInvoices: tables.invoices.rows.some(({ active }) => !active),
    inactivePayments: tables.payments.rows.some(({ active }) => !active),
    negativePay: tables.payItems.rows.some(({ amount }) => amount < 0),
    payOfNoJob: tables.payItems.rows.some(({ job }) => job === null),
    ahead: jobs.some((job) => job.kind === 'paint' && job.status === 'Scheduled'),
  };
  expect(Object.entries(cases).filter(([, present]) => !present)).toEqual([]);
});

test('items without id have twins that are equal in every field', () => {
  const { tables } = make(0.01);
  const texts = tables.payItems.rows
    .filter(({ id }) => id === 0)
    .map((row) => tables.payItems.render(row, false));
  expect(texts.length / tables.payItems.rows.length).toBeGreaterThan(0.25);
  expect(new Set(texts).size).toBeLessThan(texts.length);
});

test('each invoice is the sum of its items, each payment is at least what is applied of it', () => {
  const { tables } = make(0.01);
  const wrongInvoices = tables.invoices.rows.filter(({ items, subtotal }) => {
    const sum = items.reduce((total, item) => total + item.price * item.quantity, 0);
    return items.length > 0 && sum !== subtotal;
  });
  const wrongPayments = tables.payments.rows.filter(
    ({ applied, total }) => applied.reduce((sum, { cents }) => sum + cents, 0) > total,
  );
  expect(wrongInvoices).toEqual([]);
  expect(wrongPayments).toEqual([]);
});
