import { z } from 'zod';
import { addDataset, findDataset, removeDataset, touch } from '../catalog/catalog.ts';
import type { Dataset } from '../catalog/dataset.ts';
import { parseBody } from '../jobs/configuration.ts';
import type { World } from '../world.ts';
import { checkEtag, writeEtag } from './etag.ts';
import { cutPage } from './paging.ts';
import { ok, readJsonBody, type Route } from './request.ts';

const labels = z.record(z.string(), z.string().nullable());

/** What may be set of a dataset; the rest of the resource is Google's, and passes. */
const resource = z.strictObject({
  kind: z.string().optional(),
  id: z.string().optional(),
  etag: z.string().optional(),
  selfLink: z.string().optional(),
  type: z.string().optional(),
  creationTime: z.string().optional(),
  lastModifiedTime: z.string().optional(),
  datasetReference: z
    .strictObject({ projectId: z.string().optional(), datasetId: z.string() })
    .optional(),
  location: z.string().optional(),
  description: z.string().nullish(),
  friendlyName: z.string().nullish(),
  labels: labels.nullish(),
  defaultTableExpirationMs: z.union([z.string(), z.number()]).nullish(),
  access: z.array(z.unknown()).optional(),
});

type Resource = z.infer<typeof resource>;

/** Labels as they are after a patch: NULL removes one. */
export const patchLabels = (
  old: Readonly<Record<string, string>>,
  given: Readonly<Record<string, string | null>> | null | undefined,
): Record<string, string> => {
  if (given === null) return {};
  const all = Object.entries({ ...old, ...given });
  return Object.fromEntries(all.filter((entry): entry is [string, string] => entry[1] !== null));
};

const expiration = (given: Resource['defaultTableExpirationMs']): number | undefined =>
  given === null || given === undefined || Number(given) === 0 ? undefined : Number(given);

const write = ({ projectId }: World, dataset: Dataset) => {
  const { datasetId, defaultTableExpirationMs: expiry } = dataset;
  return {
    kind: 'bigquery#dataset',
    etag: writeEtag(dataset),
    id: `${projectId}:${datasetId}`,
    datasetReference: { projectId, datasetId },
    location: dataset.location,
    description: dataset.description,
    friendlyName: dataset.friendlyName,
    ...(Object.keys(dataset.labels).length === 0 ? {} : { labels: dataset.labels }),
    ...(expiry === undefined ? {} : { defaultTableExpirationMs: String(expiry) }),
    access: dataset.access ?? [{ role: 'OWNER', specialGroup: 'projectOwners' }],
    creationTime: String(dataset.creationTime),
    lastModifiedTime: String(dataset.lastModifiedTime),
    type: 'DEFAULT',
  };
};

const change = (dataset: Dataset, given: Resource): void => {
  if (given.description !== undefined) dataset.description = given.description ?? undefined;
  if (given.friendlyName !== undefined) dataset.friendlyName = given.friendlyName ?? undefined;
  if (given.labels !== undefined) dataset.labels = patchLabels(dataset.labels, given.labels);
  if (given.access !== undefined) dataset.access = given.access;
  if (given.defaultTableExpirationMs !== undefined) {
    dataset.defaultTableExpirationMs = expiration(given.defaultTableExpirationMs);
  }
};

const list: Route = {
  id: 'datasets.list',
  method: 'GET',
  path: 'projects/{projectId}/datasets',
  parameters: ['all', 'filter', 'maxResults', 'pageToken'],
  answer: ({ world, pages }, { query }) => {
    const { projectId, catalog } = world;
    world.access.check('bigquery.datasets.get', { kind: 'project', projectId });
    const all = [...catalog.datasets.values()].sort((a, b) => (a.datasetId < b.datasetId ? -1 : 1));
    const { items, pageToken } = cutPage(all, query, { rowsMax: pages.listMax });
    const datasets = items.map((dataset) => {
      const { kind, id, datasetReference, location } = write(world, dataset);
      return { kind, id, datasetReference, location, labels: dataset.labels };
    });
    return ok({
      kind: 'bigquery#datasetList',
      ...(datasets.length === 0 ? {} : { datasets }),
      nextPageToken: pageToken,
    });
  },
};

const insert: Route = {
  id: 'datasets.insert',
  method: 'POST',
  path: 'projects/{projectId}/datasets',
  parameters: ['accessPolicyVersion'],
  takesBody: true,
  answer: async ({ world }, request) => {
    const { projectId, access, catalog } = world;
    access.check('bigquery.datasets.create', { kind: 'project', projectId });
    const given = parseBody(resource, readJsonBody(request), 'dataset');
    const dataset = await addDataset(catalog, {
      datasetId: given.datasetReference?.datasetId ?? '',
      location: given.location ?? 'US',
    });
    change(dataset, given);
    return ok(write(world, dataset));
  },
};

const get: Route = {
  id: 'datasets.get',
  method: 'GET',
  path: 'projects/{projectId}/datasets/{datasetId}',
  parameters: ['accessPolicyVersion', 'datasetView'],
  answer: ({ world }, _, { datasetId = '' }) => {
    const { projectId } = world;
    world.access.check('bigquery.datasets.get', { kind: 'dataset', projectId, datasetId });
    return ok(write(world, findDataset(world.catalog, datasetId)));
  },
};

const patch = (id: string, method: string): Route => ({
  id,
  method,
  path: 'projects/{projectId}/datasets/{datasetId}',
  parameters: ['accessPolicyVersion', 'updateMode'],
  takesBody: true,
  answer: ({ world }, request, { datasetId = '' }) => {
    const { projectId, access, catalog } = world;
    access.check('bigquery.datasets.update', { kind: 'dataset', projectId, datasetId });
    const dataset = findDataset(catalog, datasetId);
    checkEtag(request, dataset);
    change(dataset, parseBody(resource, readJsonBody(request), 'dataset'));
    touch(catalog, dataset);
    return ok(write(world, dataset));
  },
});

const remove: Route = {
  id: 'datasets.delete',
  method: 'DELETE',
  path: 'projects/{projectId}/datasets/{datasetId}',
  parameters: ['deleteContents'],
  answer: async ({ world }, { query }, { datasetId = '' }) => {
    const { projectId, access, catalog } = world;
    access.check('bigquery.datasets.delete', { kind: 'dataset', projectId, datasetId });
    await removeDataset(catalog, datasetId, query.get('deleteContents') === 'true');
    return { status: 204 };
  },
};

export const datasetRoutes: readonly Route[] = [
  list,
  insert,
  get,
  patch('datasets.patch', 'PATCH'),
  patch('datasets.update', 'PUT'),
  remove,
];
