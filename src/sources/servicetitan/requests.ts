import type { Read } from '../../model.ts';
import type { Endpoint, ServiceTitanEntity } from './entity.ts';

/** A request before it has a host and a token. */
export type ApiRequest = { path: string; query: Readonly<Record<string, string>> };

/** Query parameters that choose the rows of one set. */
export type Filters = Readonly<Record<string, string>>;

const listParameters = ['page', 'pageSize', 'includeTotal'];
const exportParameters = ['from'];

const isCreated = (name: string): boolean => name.startsWith('created');
const isModified = (name: string): boolean => name.startsWith('modified');

const makeRequest = (
  endpoint: Endpoint,
  tenantId: string,
  paging: readonly string[],
  query: Readonly<Record<string, string>>,
): ApiRequest => {
  const names = Object.keys(query);
  const unknown = names.find((name) => ![...endpoint.parameters, ...paging].includes(name));
  if (unknown !== undefined) {
    throw new Error(`${endpoint.path} documents no parameter ${unknown}; the API would ignore it.`);
  }
  if (names.some(isCreated) && names.some(isModified)) {
    throw new Error(`${endpoint.path} would be filtered on creation and modification at once.`);
  }
  return { path: endpoint.path.replace('{tenant}', encodeURIComponent(tenantId)), query };
};

/** The entity's list endpoint. @throws Error, a bug, where it has none. */
export const listOf = (entity: ServiceTitanEntity): Endpoint => {
  if (entity.list === undefined) throw new Error(`${entity.name} has no list.`);
  return entity.list;
};

/**
 * The filters of a list read. `modified` has a lower bound only, on purpose: a row that is modified while the list is
 * paged would leave a set with an upper bound and shift the rest, so that one row is skipped; without it the set only
 * grows. The caller's own bound is when the read began.
 * @throws Error, a bug, where the entity is not read that way.
 */
export const filtersOf = (entity: ServiceTitanEntity, read: Read): Filters => {
  const { backfill, sync } = entity;
  if (read.kind === 'whole') return {};
  if (read.kind === 'window' && backfill.by === 'window') {
    return { [backfill.from]: read.window.from, [backfill.to]: read.window.to };
  }
  if (read.kind === 'modified' && sync.by === 'modified') return { [sync.from]: read.window.from };
  throw new Error(`${entity.name} has no list read by ${read.kind}.`);
};

/** The filter that chooses the sets with these values. */
export const setFilters = (entity: ServiceTitanEntity, values: readonly string[]): Filters => {
  if (entity.sync.by !== 'sets') throw new Error(`${entity.name} is not read by sets.`);
  return { [entity.sync.parameter]: values.join(',') };
};

/**
 * One page of a list, pages counted from 1.
 * @throws Error, a bug, when it would carry a parameter that the endpoint does not document.
 */
export const listRequest = (
  entity: ServiceTitanEntity,
  asked: { tenantId: string; filters: Filters; page: number; pageSize: number },
): ApiRequest => {
  const list = listOf(entity);
  return makeRequest(list, asked.tenantId, listParameters, {
    ...list.send,
    ...asked.filters,
    page: String(asked.page),
    pageSize: String(asked.pageSize),
    includeTotal: 'true',
  });
};

/**
 * The smallest request that shows whether an entity may be read: one row of its list, or where there is none what its
 * feed has from now on.
 */
export const probeRequest = (
  entity: ServiceTitanEntity,
  { tenantId, now }: { tenantId: string; now: string },
): ApiRequest =>
  entity.list === undefined
    ? feedRequest(entity, { tenantId, from: now })
    : makeRequest(entity.list, tenantId, listParameters, {
        ...entity.list.send,
        page: '1',
        pageSize: '1',
      });

/**
 * One page of an export feed; `from` is a continuation token, an instant (rows modified since), or null for all.
 * @throws Error, a bug, as for a list.
 */
export const feedRequest = (
  entity: ServiceTitanEntity,
  asked: { tenantId: string; from: string | null },
): ApiRequest => {
  if (entity.export === undefined) throw new Error(`${entity.name} has no export.`);
  return makeRequest(entity.export, asked.tenantId, exportParameters, {
    ...entity.export.send,
    ...(asked.from === null ? {} : { from: asked.from }),
  });
};
