import { z } from 'zod';
import { findDataset, findTable, lookUpTable, touch, type NewTable } from '../catalog/catalog.ts';
import { nameTable, type Table, type TableRef } from '../catalog/dataset.ts';
import { addTable, changeFields, removeTable } from '../catalog/tables.ts';
import { readSizes, sumBytes } from '../engine/sizes.ts';
import {
  clustering,
  fieldSchema,
  parseBody,
  tableReference,
  timePartitioning,
  toFields,
} from '../jobs/configuration.ts';
import { refusals } from '../refusals.ts';
import type { World } from '../world.ts';
import { patchLabels } from './datasets.ts';
import { checkEtag, writeEtag } from './etag.ts';
import { cutPage } from './paging.ts';
import { ok, readJsonBody, type Route } from './request.ts';

const resource = z.strictObject({
  kind: z.string().optional(),
  id: z.string().optional(),
  etag: z.string().optional(),
  selfLink: z.string().optional(),
  type: z.string().optional(),
  name: z.string().optional(),
  creationTime: z.string().optional(),
  lastModifiedTime: z.string().optional(),
  location: z.string().optional(),
  numBytes: z.string().optional(),
  numLongTermBytes: z.string().optional(),
  numRows: z.string().optional(),
  tableReference: tableReference.optional(),
  schema: z.strictObject({ fields: z.array(fieldSchema).optional() }).optional(),
  description: z.string().nullish(),
  friendlyName: z.string().nullish(),
  labels: z.record(z.string(), z.string().nullable()).nullish(),
  expirationTime: z.union([z.string(), z.number()]).nullish(),
  timePartitioning: timePartitioning.optional(),
  clustering: clustering.nullish(),
  requirePartitionFilter: z.literal(false).optional(),
});

const permissions = z.strictObject({ permissions: z.array(z.string()) });

type Resource = z.infer<typeof resource>;

const refOf = ({ projectId }: World, { datasetId = '', tableId = '' }): TableRef => ({
  projectId,
  datasetId,
  tableId,
});

const writeShort = (world: World, table: Table) => {
  const { ref, type, labels, timePartitioning: partitioning, clustering: fields } = table;
  return {
    kind: 'bigquery#table',
    id: nameTable(ref),
    tableReference: ref,
    type,
    friendlyName: table.friendlyName,
    ...(Object.keys(labels).length === 0 ? {} : { labels }),
    ...(partitioning === undefined ? {} : { timePartitioning: partitioning }),
    ...(fields === undefined ? {} : { clustering: { fields } }),
    creationTime: String(table.creationTime),
    ...(table.expirationTime === undefined ? {} : { expirationTime: String(table.expirationTime) }),
    ...(table.query === undefined ? {} : { view: { query: table.query, useLegacySql: false } }),
  };
};

const write = async (world: World, table: Table) => {
  const { session } = world.catalog;
  const isView = table.type === 'VIEW';
  const sizes = isView
    ? { rows: 0n, bytes: new Map<string, bigint>() }
    : await readSizes(session, [world.sizes], table);
  return {
    ...writeShort(world, table),
    etag: writeEtag(table),
    description: table.description,
    location: findDataset(world.catalog, table.ref.datasetId).location,
    schema: { fields: table.fields },
    numRows: String(sizes.rows),
    numBytes: String(sumBytes(sizes, table.fields)),
    numLongTermBytes: '0',
    lastModifiedTime: String(table.lastModifiedTime),
    ...(table.primaryKey === undefined
      ? {}
      : { tableConstraints: { primaryKey: { columns: table.primaryKey } } }),
  };
};

const toNew = (given: Resource): NewTable => ({
  type: 'TABLE',
  fields: toFields(given.schema?.fields ?? []),
  timePartitioning: given.timePartitioning,
  clustering: given.clustering?.fields,
  description: given.description ?? undefined,
  friendlyName: given.friendlyName ?? undefined,
  labels: patchLabels({}, given.labels),
  ...(given.expirationTime === null || given.expirationTime === undefined
    ? {}
    : { expirationTime: Number(given.expirationTime) }),
});

const list: Route = {
  id: 'tables.list',
  method: 'GET',
  path: 'projects/{projectId}/datasets/{datasetId}/tables',
  parameters: ['maxResults', 'pageToken'],
  answer: ({ world, pages }, { query }, { datasetId = '' }) => {
    const { projectId, access, catalog } = world;
    access.check('bigquery.tables.list', { kind: 'dataset', projectId, datasetId });
    const all = [...findDataset(catalog, datasetId).tables.values()]
      .filter(({ ref }) => lookUpTable(catalog, ref) !== undefined)
      .sort((a, b) => (a.ref.tableId < b.ref.tableId ? -1 : 1));
    const { items, pageToken } = cutPage(all, query, { rowsMax: pages.listMax });
    return ok({
      kind: 'bigquery#tableList',
      ...(items.length === 0 ? {} : { tables: items.map((table) => writeShort(world, table)) }),
      nextPageToken: pageToken,
      totalItems: all.length,
    });
  },
};

const insert: Route = {
  id: 'tables.insert',
  method: 'POST',
  path: 'projects/{projectId}/datasets/{datasetId}/tables',
  parameters: [],
  takesBody: true,
  answer: async ({ world }, request, { datasetId = '' }) => {
    const { projectId, access, catalog } = world;
    access.check('bigquery.tables.create', { kind: 'dataset', projectId, datasetId });
    const given = parseBody(resource, readJsonBody(request), 'table');
    const tableId = given.tableReference?.tableId ?? '';
    const table = await addTable(catalog, refOf(world, { datasetId, tableId }), toNew(given));
    return ok(await write(world, table));
  },
};

const get: Route = {
  id: 'tables.get',
  method: 'GET',
  path: 'projects/{projectId}/datasets/{datasetId}/tables/{tableId}',
  parameters: ['view', 'selectedFields'],
  answer: async ({ world }, { query }, names) => {
    const ref = refOf(world, names);
    world.access.check('bigquery.tables.get', { kind: 'table', ref });
    if (query.has('selectedFields')) throw refusals.unsupported('selectedFields of tables.get');
    return ok(await write(world, findTable(world.catalog, ref)));
  },
};

const change = async (world: World, table: Table, given: Resource): Promise<void> => {
  const { catalog } = world;
  if (given.schema?.fields !== undefined) {
    await changeFields(catalog, catalog.session, table, toFields(given.schema.fields));
  }
  if (given.description !== undefined) table.description = given.description ?? undefined;
  if (given.friendlyName !== undefined) table.friendlyName = given.friendlyName ?? undefined;
  if (given.labels !== undefined) table.labels = patchLabels(table.labels, given.labels);
  if (given.clustering !== undefined) table.clustering = given.clustering?.fields;
  if (given.expirationTime !== undefined) {
    table.expirationTime = given.expirationTime === null ? undefined : Number(given.expirationTime);
  }
  const { timePartitioning: partitioning } = given;
  const isSame = partitioning === undefined || partitioning.type === table.timePartitioning?.type;
  if (!isSame) throw refusals.invalid('Cannot change partitioning/clustering of a table.');
};

const patch = (id: string, method: string): Route => ({
  id,
  method,
  path: 'projects/{projectId}/datasets/{datasetId}/tables/{tableId}',
  parameters: ['autodetect_schema'],
  takesBody: true,
  answer: async ({ world }, request, names) => {
    const ref = refOf(world, names);
    world.access.check('bigquery.tables.update', { kind: 'table', ref });
    const table = findTable(world.catalog, ref);
    checkEtag(request, table);
    await change(world, table, parseBody(resource, readJsonBody(request), 'table'));
    touch(world.catalog, table);
    return ok(await write(world, table));
  },
});

const remove: Route = {
  id: 'tables.delete',
  method: 'DELETE',
  path: 'projects/{projectId}/datasets/{datasetId}/tables/{tableId}',
  parameters: [],
  answer: async ({ world }, _, names) => {
    const ref = refOf(world, names);
    world.access.check('bigquery.tables.delete', { kind: 'table', ref });
    await world.locks.exclusive(ref, () => removeTable(world.catalog, ref));
    return { status: 204 };
  },
};

/** https://cloud.google.com/bigquery/docs/reference/rest/v2/tables/testIamPermissions */
const testIamPermissions: Route = {
  id: 'tables.testIamPermissions',
  method: 'POST',
  path: 'projects/{projectId}/datasets/{datasetId}/tables/{tableId}:testIamPermissions',
  parameters: [],
  takesBody: true,
  answer: ({ world }, request, names) => {
    const ref = refOf(world, names);
    findTable(world.catalog, ref);
    const asked = parseBody(permissions, readJsonBody(request), 'permissions').permissions;
    const granted = asked.filter((one) => world.access.has(one, { kind: 'table', ref }));
    return ok(granted.length === 0 ? {} : { permissions: granted });
  },
};

export const tableRoutes: readonly Route[] = [
  testIamPermissions,
  list,
  insert,
  get,
  patch('tables.patch', 'PATCH'),
  patch('tables.update', 'PUT'),
  remove,
];
