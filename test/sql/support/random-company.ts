import fc from 'fast-check';
import type { Arbitrary } from 'fast-check';
import { fieldsOf, keysMax, namedRows } from './random-fields.ts';
import { timeZone } from './random-values.ts';
import type { Rows } from './reference/rows.ts';

type Row = { id: number } & Record<string, unknown>;
type Table = keyof Rows;

const tables = Object.keys(keysMax) as Table[];

/** The later of two rows with one id stays. */
const replaceRows = <T extends { id: number }>(rows: readonly T[], changes: readonly T[]): T[] => [
  ...new Map([...rows, ...changes].map((row) => [row.id, row] as const)).values(),
];

/** Rows of distinct ids. Any field but the id may be missing. */
const randomRows = (table: Table, rowsMax: number): Arbitrary<Row[]> => {
  const fields = Object.entries(fieldsOf[table]).map(
    ([name, value]) => [name, fc.option(value, { nil: undefined, freq: 14 })] as const,
  );
  const id = fc.constantFrom(...Array.from({ length: keysMax[table] }, (_, index) => index + 1));
  return fc.uniqueArray(fc.record({ id, ...Object.fromEntries(fields) }), {
    selector: (row) => row.id,
    maxLength: Math.min(rowsMax, keysMax[table]),
    size: 'max',
    depthIdentifier: fc.createDepthIdentifier(),
  });
};

/** The rows that nearly every company has, so that its records find something to refer to; any may be missing. */
const usualRows = (table: Table): Arbitrary<Row[]> =>
  fc
    .tuple(
      ...(namedRows[table] ?? []).map((row) =>
        fc.option(fc.constant<Row>(row), { nil: undefined, freq: 14 }),
      ),
    )
    .map((rows) => rows.filter((row) => row !== undefined));

/** Two draws together have most ids, and yet each shrinks to nothing. */
const companyRows = (table: Table): Arbitrary<Row[]> => {
  const most =
    table in namedRows
      ? fc.tuple(usualRows(table), randomRows(table, 2))
      : fc.tuple(randomRows(table, keysMax[table]), randomRows(table, keysMax[table]));
  return fc.option(
    most.map(([rows, changes]) => replaceRows(rows, changes)),
    { nil: [], freq: 30 },
  );
};

const rowsOfTables = (rowsOf: (table: Table) => Arbitrary<Row[]>): Arbitrary<Rows> =>
  fc
    .record(Object.fromEntries(tables.map((table) => [table, rowsOf(table)])))
    .map((rows) => rows as unknown as Rows);

/** A company that has next to nothing: then a single record decides on which date its KPIs begin. */
const fewRows = (table: Table): Arbitrary<Row[]> =>
  table === 'business_units'
    ? usualRows(table)
    : fc.option(randomRows(table, 2), { nil: [], freq: 2 });

/** A company in which only snapshots happen, unless a job starts. */
const quietRows = (table: Table): Arbitrary<Row[]> => {
  if (table === 'business_units' || table === 'locations') return usualRows(table);
  return ['jobs', 'appointments', 'invoices'].includes(table)
    ? randomRows(table, 5)
    : fc.constant([]);
};

const company = fc.oneof(
  { weight: 5, arbitrary: rowsOfTables(companyRows) },
  { weight: 1, arbitrary: rowsOfTables(fewRows) },
  { weight: 2, arbitrary: rowsOfTables(quietRows) },
);

/** One build: what changed before it and how long after the one before; tenants are counted round. */
const step = fc.record({
  hoursLater: fc.constantFrom(24, 24, 24, 48, 0, 1, 12, 120, -24),
  tenant: fc.constantFrom(0, 0, 0, 0, 1, 2),
  changedTenant: fc.constantFrom(0, 0, 0, 1, 2),
  /** The model that it builds with all that it needs; mostly all. Such a build writes no snapshot. */
  select: fc.oneof(
    { weight: 5, arbitrary: fc.constant(null) },
    { weight: 1, arbitrary: fc.constantFrom('outstanding_invoices', 'kpi_future_bookings') },
  ),
  changes: rowsOfTables((table) => randomRows(table, table === 'invoices' ? 5 : 2)),
});

/**
 * Companies that share a warehouse, and builds on one date or successive ones with changes between them. Without
 * fast-check's bias, which likes arrays short and numbers at their bounds: the pools hold the edges already, and
 * companies of few records have few numbers.
 */
export const scenario = fc.noBias(
  fc.record({
    startsAt: fc.constantFrom<string[]>(
      ...['2024-03-11T20:00:00Z', '2024-03-11T04:00:00Z', '2024-03-10T23:00:00Z'],
      '2024-03-09T18:30:00Z',
    ),
    builds: fc.array(step, { minLength: 2, maxLength: 3 }),
    tenants: fc.array(fc.record({ timeZone, rows: company }), { minLength: 1, maxLength: 8 }),
    /** Decides the order in which rows are loaded the last time. */
    order: fc.nat(),
  }),
);

export type Scenario = typeof scenario extends Arbitrary<infer T> ? T : never;

/** A company after a change: a changed row takes the place of the one with its id. */
export const applyChanges = (rows: Rows, changes: Rows): Rows =>
  Object.fromEntries(
    tables.map((table) => [table, replaceRows<{ id: number }>(rows[table], changes[table])]),
  ) as unknown as Rows;
