import type { Endpoint, ServiceTitanEntity } from '../sources/servicetitan/entity.ts';
import { entities } from '../sources/servicetitan/entities/index.ts';
import type { Table } from './table.ts';

/** What a path leads to. */
export type Route = {
  entity: ServiceTitanEntity;
  table: Table;
  endpoint: Endpoint;
  shape: 'list' | 'export' | 'array';
};

/** An entity that both the contract and the company know. */
export type Served = { entity: ServiceTitanEntity; table: Table };

/** The entities that the sandbox has, in the contract's order. */
export function serveEntities(tables: readonly Table[]): Served[] {
  return entities.flatMap((entity) => {
    const table = tables.find(({ name }) => name === entity.name);
    return table === undefined ? [] : [{ entity, table }];
  });
}

/** Whether the rows of an entity's export say that they are inactive. */
export function exportHasActive(entity: ServiceTitanEntity): boolean {
  return 'active' in entity.fields || 'active' in (entity.exportFields ?? {});
}

/** Every path, with `{tenant}` in it, and where it leads. */
export function createRoutes(served: readonly Served[]): Map<string, Route> {
  const routes = new Map<string, Route>();
  for (const { entity, table } of served) {
    if (entity.list !== undefined) {
      routes.set(entity.list.path, { entity, table, endpoint: entity.list, shape: 'list' });
      const plain = entity.list.path.replace(/\/paginated$/, '');
      if (plain !== entity.list.path) {
        routes.set(plain, { entity, table, endpoint: entity.list, shape: 'array' });
      }
    }
    if (entity.export !== undefined) {
      routes.set(entity.export.path, { entity, table, endpoint: entity.export, shape: 'export' });
    }
  }
  return routes;
}

/** The tenant in a path, and the path with `{tenant}` in its place. */
export function splitTenant(path: string): { tenantId: string; pattern: string } | undefined {
  const match = /^(.*\/tenant\/)([^/]+)(\/.*)$/.exec(path);
  if (match === null) return undefined;
  return { tenantId: match[2] ?? '', pattern: `${match[1] ?? ''}{tenant}${match[3] ?? ''}` };
}
