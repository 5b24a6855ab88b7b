import { routes } from './routes.ts';
import type { Route } from './request.ts';

const upload = {
  accept: ['*/*'],
  protocols: {
    simple: { multipart: true, path: '/upload/bigquery/v2/projects/{+projectId}/jobs' },
    resumable: {
      multipart: true,
      path: '/resumable/upload/bigquery/v2/projects/{+projectId}/jobs',
    },
  },
};

const namesOf = (path: string): string[] =>
  [...path.matchAll(/\{([A-Za-z]+)\}/g)].map(([, name = '']) => name);

const describe = (route: Route) => {
  const names = namesOf(route.path);
  const inPath = names.map((name) => [
    name,
    { type: 'string', location: 'path', required: true, pattern: '^[^/]+$' },
  ]);
  const repeats = (name: string) => (name === 'stateFilter' ? { repeated: true } : {});
  const inQuery = route.parameters.map((name) => [
    name,
    { type: 'string', location: 'query', ...repeats(name) },
  ]);
  return {
    id: `bigquery.${route.id}`,
    path: route.path.replaceAll('{', '{+'),
    httpMethod: route.method,
    parameters: Object.fromEntries([...inPath, ...inQuery]) as object,
    parameterOrder: names,
    ...(route.takesBody === true ? { request: { $ref: 'Any' } } : {}),
    response: { $ref: 'Any' },
    ...(route.id === 'jobs.insert' ? { supportsMediaUpload: true, mediaUpload: upload } : {}),
  };
};

/** What Google's clients ask an unknown endpoint first: the methods that it has. */
export const writeDiscovery = (url: string): object => {
  const resources: Record<string, { methods: Record<string, object> }> = {};
  for (const route of routes) {
    const [resource = '', method = ''] = route.id.split('.');
    const known = (resources[resource] ??= { methods: {} });
    known.methods[method] = describe(route);
  }
  return {
    kind: 'discovery#restDescription',
    discoveryVersion: 'v1',
    id: 'bigquery:v2',
    name: 'bigquery',
    version: 'v2',
    title: 'A stand-in for the BigQuery API',
    protocol: 'rest',
    rootUrl: `${url}/`,
    servicePath: 'bigquery/v2/',
    basePath: '/bigquery/v2/',
    baseUrl: `${url}/bigquery/v2/`,
    batchPath: 'batch/bigquery/v2',
    parameters: {},
    schemas: { Any: { id: 'Any', type: 'object', additionalProperties: { type: 'any' } } },
    resources,
  };
};
