import { readdirSync } from 'node:fs';
import { sources } from '../../../src/sources/index.ts';
import { servicetitanEntities } from '../../../src/sources/servicetitan/index.ts';
import { entities } from '../../../src/sources/servicetitan/entities/index.ts';

const find = (name: string) => {
  const entity = servicetitanEntities.find((candidate) => candidate.name === name);
  if (entity === undefined) throw new Error(`${name} is missing`);
  return entity;
};

const entries = (folder: string): string[] =>
  readdirSync(new URL(folder, import.meta.url)).filter((name) => name !== 'index.ts');

test('the list of entities is the files of the folder', () => {
  const files = entries('../../../src/sources/servicetitan/entities/');
  expect(entities.map(({ name }) => `${name}.ts`).sort()).toEqual(files.sort());
});

test('the list of sources is the folders beside it', () => {
  expect(Object.keys(sources).sort()).toEqual(entries('../../../src/sources/').sort());
});

test.each(servicetitanEntities)('$name has each column once and its key among them', (entity) => {
  const names = entity.columns.map(({ name }) => name.toLowerCase());
  expect(new Set(names).size).toBe(names.length);
  expect(names).toContain('id');
  const wanted = entity.key.kind === 'id' ? [] : entity.key.fields;
  for (const name of [entity.createdColumn, entity.modifiedColumn, ...wanted]) {
    if (name !== undefined) expect(names).toContain(name.toLowerCase());
  }
});

test.each(entities)('$name has no column for a field that is dropped', ({ drop = [], fields }) => {
  const kept = Object.keys(fields).map((field) => field.split('.')[0]);
  expect(kept.filter((field) => drop.includes(field ?? ''))).toEqual([]);
});

test('a nested reference is flattened', () => {
  expect(find('invoices').columns).toContainEqual({
    name: 'businessUnitId',
    path: ['businessUnit', 'id'],
    type: 'int64',
  });
});

test('arrays and objects get no column, fields of the export do', () => {
  const names = find('jobs').columns.map(({ name }) => name);
  expect(names).not.toContain('customFields');
  expect(names).toContain('active');
});

test('gross pay items are told apart by their fields and replaced by day', () => {
  expect(find('payroll')).toMatchObject({
    table: 'raw_payroll',
    key: { kind: 'idOrFields' },
    createdColumn: 'date',
    modifiedColumn: 'modifiedOn',
    backfill: 'window',
    windows: { months: 1, calendar: true, replaces: true },
    feed: { completes: false, fromStart: false },
    sync: 'sets',
  });
});

test('an entity without modification times has no such column', () => {
  const entity = find('job-canceled-logs');
  expect(entity).toMatchObject({ table: 'raw_job_canceled_logs', createdColumn: 'createdOn' });
  expect(entity.modifiedColumn).toBeUndefined();
});
