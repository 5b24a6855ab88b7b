import type { Read } from '../../../src/model.ts';
import { entities } from '../../../src/sources/servicetitan/entities/index.ts';
import type { ServiceTitanEntity } from '../../../src/sources/servicetitan/entity.ts';
import {
  feedRequest,
  filtersOf,
  listRequest,
  setFilters,
} from '../../../src/sources/servicetitan/requests.ts';
import type { ApiRequest } from '../../../src/sources/servicetitan/requests.ts';

const window = { from: '2024-03-01T00:00:00.000Z', to: '2024-04-01T00:00:00.000Z' };
const tenantId = '42';

/** Every list read that an entity's contract speaks of. */
const listReadsOf = ({ backfill, sync }: ServiceTitanEntity): Read[] => [
  ...(backfill.by === 'window' ? [{ kind: 'window' as const, window }] : []),
  ...(backfill.by === 'whole' || sync.by === 'whole' ? [{ kind: 'whole' as const }] : []),
  ...(sync.by === 'modified' ? [{ kind: 'modified' as const, window }] : []),
];

const listOf = (entity: ServiceTitanEntity, filters: Readonly<Record<string, string>>) =>
  listRequest(entity, { tenantId, filters, page: 3, pageSize: 5000 });

const requestsOf = (entity: ServiceTitanEntity): [string, ApiRequest][] => [
  ...listReadsOf(entity).map((read): [string, ApiRequest] => [
    `${entity.name} by ${read.kind}`,
    listOf(entity, filtersOf(entity, read)),
  ]),
  ...(entity.sync.by === 'sets'
    ? [[`${entity.name} by sets`, listOf(entity, setFilters(entity, ['1', '2']))] as const]
    : []
  ).map(([name, request]): [string, ApiRequest] => [name, request]),
  ...(entity.export === undefined
    ? []
    : [null, '2024-03-01', 'token'].map((from): [string, ApiRequest] => [
        `${entity.name} by feed from ${String(from)}`,
        feedRequest(entity, { tenantId, from }),
      ])),
];

const all = entities.flatMap((entity) =>
  requestsOf(entity).map(([name, request]) => ({ name, entity, request })),
);

test('every entity is read somehow', () => {
  expect(new Set(all.map(({ entity }) => entity.name)).size).toBe(entities.length);
});

test.each(all)('$name sends only what its endpoint documents', ({ entity, request }) => {
  const isExport = request.path === entity.export?.path.replace('{tenant}', tenantId);
  const documented = isExport
    ? [...(entity.export?.parameters ?? []), 'from']
    : [...(entity.list?.parameters ?? []), 'page', 'pageSize', 'includeTotal'];
  expect(documented).toEqual(expect.arrayContaining(Object.keys(request.query)));
  expect(request.path).toContain('/tenant/42/');
});

test.each(all)('$name never filters on creation and modification at once', ({ request }) => {
  const names = Object.keys(request.query);
  const created = names.some((name) => name.startsWith('created'));
  const modified = names.some((name) => name.startsWith('modified'));
  expect(created && modified).toBe(false);
});

test.each(all.filter(({ request }) => 'page' in request.query))(
  '$name asks for inactive rows where the endpoint would hide them, and for the total',
  ({ entity, request }) => {
    for (const [name, value] of [
      ['active', 'Any'],
      ['activeState', 'All'],
    ] as const) {
      if (entity.list?.parameters.includes(name)) expect(request.query[name]).toBe(value);
    }
    expect(request.query.includeTotal).toBe('true');
  },
);

test('a window becomes its two documented bounds', () => {
  const jobs = entities.find(({ name }) => name === 'jobs');
  if (jobs === undefined) throw new Error('jobs is missing');
  expect(listOf(jobs, filtersOf(jobs, { kind: 'window', window }))).toEqual({
    path: '/jpm/v2/tenant/42/jobs',
    query: {
      sort: '+Id',
      createdOnOrAfter: window.from,
      createdBefore: window.to,
      page: '3',
      pageSize: '5000',
      includeTotal: 'true',
    },
  });
});

const contract: ServiceTitanEntity = {
  name: 'things',
  scope: 'tn.x.things:r',
  list: { path: '/x/v2/tenant/{tenant}/things', parameters: ['modifiedOnOrAfter'], send: {} },
  backfill: { by: 'whole' },
  sync: { by: 'modified', from: 'modifiedOnOrAfter' },
  fields: { id: 'int64' },
};

test('a read by modification has a lower bound only', () => {
  expect(filtersOf(contract, { kind: 'modified', window })).toEqual({
    modifiedOnOrAfter: window.from,
  });
});

test('an undocumented parameter is a bug', () => {
  expect(() => listOf(contract, { createdBefore: window.to })).toThrow('documents no parameter');
  const list = { path: '/things', parameters: [], send: { active: 'Any' } };
  const wrong = { ...contract, list };
  expect(() => listOf(wrong, {})).toThrow('documents no parameter active');
});

test('filters on creation and modification at once are a bug', () => {
  const list = { path: '/things', parameters: ['modifiedOnOrAfter', 'createdBefore'], send: {} };
  const both = { modifiedOnOrAfter: window.from, createdBefore: window.to };
  expect(() => listOf({ ...contract, list }, both)).toThrow('at once');
});

test.each<[string, () => unknown]>([
  ['a window', () => filtersOf(contract, { kind: 'window', window })],
  ['a feed', () => feedRequest(contract, { tenantId, from: null })],
  ['sets', () => setFilters(contract, ['1'])],
])('%s of an entity without it is a bug', (_name, make) => {
  expect(make).toThrow('things');
});
