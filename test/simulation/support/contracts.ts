import { toEntity } from '../../../src/sources/servicetitan/to-entity.ts';
import type { ServiceTitanEntity } from '../../../src/sources/servicetitan/entity.ts';

const listOf = (name: string, sort: boolean) => ({
  path: `/small/tenant/{tenant}/${name}`,
  parameters: [
    'createdOnOrAfter',
    'createdBefore',
    'modifiedOnOrAfter',
    'dateOnOrAfter',
    'dateOnOrBefore',
    'groupIds',
    'sort',
  ],
  send: sort ? { sort: '+Id' } : {},
});

const exportOf = (name: string) => ({
  path: `/small/tenant/{tenant}/export/${name}`,
  parameters: [],
  send: {},
});

const fields = {
  id: 'int64',
  revision: 'int64',
  createdOn: 'timestamp',
  modifiedOn: 'timestamp',
} as const;

const byCreation = {
  by: 'window',
  from: 'createdOnOrAfter',
  to: 'createdBefore',
  field: 'createdOn',
} as const;

const of = (
  name: string,
  more: Pick<ServiceTitanEntity, 'backfill' | 'sync'> & Partial<ServiceTitanEntity>,
): ServiceTitanEntity => ({ name, scope: name, pageSize: 2, fields, ...more });

/** An invented source: one entity for each way in which ours are read. Pages have two records. */
export const contracts: readonly ServiceTitanEntity[] = [
  of('visits', {
    list: listOf('visits', true),
    export: exportOf('visits'),
    backfill: byCreation,
    sync: { by: 'feed' },
  }),
  of('orders', {
    list: listOf('orders', true),
    export: exportOf('orders'),
    exportFields: { active: 'bool' },
    backfill: byCreation,
    sync: { by: 'feed' },
  }),
  of('notes', {
    list: listOf('notes', true),
    backfill: byCreation,
    sync: { by: 'modified', from: 'modifiedOnOrAfter' },
  }),
  of('kinds', { list: listOf('kinds', true), backfill: { by: 'whole' }, sync: { by: 'whole' } }),
  of('tags', { list: listOf('tags', false), backfill: { by: 'whole' }, sync: { by: 'whole' } }),
  of('logs', { export: exportOf('logs'), backfill: { by: 'feed' }, sync: { by: 'feed' } }),
  of('shifts', {
    list: listOf('shifts', true),
    export: exportOf('shifts'),
    fields: { ...fields, groupId: 'int64', date: 'timestamp', amount: 'decimal' },
    exportFields: { active: 'bool' },
    keyFields: ['groupId', 'date', 'amount'],
    backfill: {
      ...{ by: 'window', from: 'dateOnOrAfter', to: 'dateOnOrBefore', field: 'date' },
      ...{ toIncluded: true, calendar: true, replaces: true },
    },
    sync: { by: 'sets', field: 'groupId', parameter: 'groupIds' },
  }),
];

export const entities = contracts.map(toEntity);

/** The contract of an entity. */
export const contractOf = (name: string): ServiceTitanEntity => {
  const found = contracts.find((contract) => contract.name === name);
  if (found === undefined) throw new Error(`no contract of ${name}`);
  return found;
};
