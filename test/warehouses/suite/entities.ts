import type { Column, Entity, FieldType } from '../../../src/model.ts';

export const toColumns = (fields: Record<string, Exclude<FieldType, 'json'>>): Column[] =>
  Object.entries(fields).map(([field, type]) => ({
    name: field.replace(/\.(.)/g, (_, letter: string) => letter.toUpperCase()),
    path: field.split('.'),
    type,
  }));

const entityDefaults = {
  createdColumn: 'createdOn',
  modifiedColumn: 'modifiedOn',
  backfill: 'window',
  windows: { months: 12, calendar: false, replaces: false },
  feed: { completes: false, fromStart: false },
  sync: 'feed',
} as const;

export const jobs: Entity = {
  ...entityDefaults,
  name: 'jobs',
  table: 'raw_jobs',
  key: { kind: 'id' },
  columns: toColumns({
    id: 'int64',
    jobNumber: 'string',
    'customer.id': 'int64',
    'customer.name': 'string',
    total: 'decimal',
    balance: 'decimalText',
    latitude: 'float64',
    active: 'bool',
    order: 'string',
    createdOn: 'timestamp',
    modifiedOn: 'timestamp',
  }),
};

export const pay: Entity = {
  ...entityDefaults,
  name: 'pay',
  table: 'raw_pay',
  key: { kind: 'idOrFields', fields: ['payrollId', 'employeeType', 'amount'] },
  columns: toColumns({
    id: 'int64',
    payrollId: 'int64',
    employeeType: 'string',
    date: 'timestamp',
    amount: 'decimal',
    modifiedOn: 'timestamp',
  }),
};

export const instant = (minute: number): string =>
  new Date(Date.UTC(2024, 2, 1, 0, minute)).toISOString();

/** A record of {@link jobs}, modified at a minute. */
export const job = (id: number, minute: number | null, more: object = {}) => ({
  id,
  jobNumber: `J${id}`,
  modifiedOn: minute === null ? null : instant(minute),
  ...more,
});
