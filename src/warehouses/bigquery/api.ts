import { ask as askGoogle, refusalOf, type Answer } from './ask.ts';
import type { Address, Client } from './connect.ts';
import { BigqueryFailure, readFailure } from './failure.ts';
import { readJob, type Field, type Job } from './job.ts';
import { send, type Pace } from './send.ts';

/** A table as the API describes it; numbers are texts there. */
export type TableResource = {
  description?: string;
  labels?: Record<string, string>;
  location?: string;
  /** Milliseconds since 1970. */
  expirationTime?: string;
  numRows?: string;
  schema?: { fields?: Field[] };
  timePartitioning?: { type?: string; field?: string };
  clustering?: { fields?: string[] };
};

export type DatasetResource = {
  description?: string;
  labels?: Record<string, string>;
  location?: string;
  defaultTableExpirationMs?: string;
};

/** One page of a query's rows, each cell as text. */
export type ResultPage = {
  schema?: { fields?: Field[] };
  rows?: { f: { v: unknown }[] }[];
  pageToken?: string;
};

/** What a job is to do: the API's own form. */
export type JobConfiguration = Readonly<Record<string, unknown>>;

/** A table: its dataset, with the prefix, and its name. */
export type TableId = { dataset: string; table: string };

/** `exists`: the id was used before this call; what the job came to is to be asked. */
export type Inserted = 'created' | 'exists';

/** BigQuery's REST API, as far as it is used: each call is repeated while that may help, and has an end. */
export type Api = {
  insertJob: (id: string, configuration: JobConfiguration) => Promise<Inserted>;
  dryRun: (configuration: JobConfiguration) => Promise<Job>;
  /** Null for an id that was never used. */
  getJob: (id: string) => Promise<Job | null>;
  cancelJob: (id: string) => Promise<void>;
  getRows: (id: string, pageToken: string | null) => Promise<ResultPage>;
  /** Null when the table, or its dataset, is not there. */
  getTable: (id: TableId) => Promise<TableResource | null>;
  /** Names of the dataset's tables; none when it is not there. */
  listTables: (dataset: string) => Promise<string[]>;
  /** A table that another process made first stays as it is. */
  createTable: (id: TableId, resource: TableResource) => Promise<void>;
  /** A small table's rows, each cell as text, without a job; null when the table, or its dataset, is not there. */
  listRows: (id: TableId) => Promise<NonNullable<ResultPage['rows']> | null>;
  patchTable: (id: TableId, resource: TableResource) => Promise<void>;
  deleteTable: (id: TableId) => Promise<void>;
  getDataset: (dataset: string) => Promise<DatasetResource | null>;
  createDataset: (dataset: string, resource: DatasetResource) => Promise<void>;
  patchDataset: (dataset: string, resource: DatasetResource) => Promise<void>;
  /** Those of the permissions that the caller has on the table. */
  testPermissions: (id: TableId, permissions: readonly string[]) => Promise<string[]>;
  /** BigQuery's clock, in milliseconds since 1970; undefined where the answer does not say. */
  readClock: () => Promise<number | undefined>;
};

type Request = {
  method: 'GET' | 'POST' | 'PATCH' | 'DELETE';
  uri: string;
  qs?: Record<string, string | number | boolean>;
  json?: unknown;
};

const parse = (text: string): unknown => {
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
};

/** @throws BigqueryFailure for an answer outside 2xx. */
const askOnce = async (
  client: Client,
  address: Address,
  { method, uri, qs = {}, json }: Request,
  timeoutMs: number,
): Promise<Answer> => {
  const url = new URL(`${client.apiEndpoint}/bigquery/v2/projects/${address.project}${uri}`);
  for (const [name, value] of Object.entries({ ...qs, prettyPrint: false }))
    url.searchParams.set(name, String(value));
  const answer = await askGoogle(client, address, {
    ...{ method, url: url.href, timeoutMs },
    ...(json !== undefined && {
      headers: { 'Content-Type': 'application/json' },
      body: Buffer.from(JSON.stringify(json)),
    }),
  });
  if (answer.status < 200 || answer.status >= 300) throw refusalOf(answer, url);
  return answer;
};

/** When the server says that it answered; milliseconds since 1970. */
const readDate = ({ headers }: Answer): number | undefined => {
  const ms = Date.parse(headers.get('date') ?? '');
  return Number.isNaN(ms) ? undefined : ms;
};

const hasStatus = (error: unknown, status: number): boolean =>
  readFailure(error)?.facts.status === status;

const orElse = async <T, U>(work: Promise<T>, status: number, otherwise: U): Promise<T | U> => {
  try {
    return await work;
  } catch (error) {
    if (hasStatus(error, status)) return otherwise;
    throw error;
  }
};

/** A body that is no object was cut on the way, or comes from somebody in between. */
const asObject = (body: unknown): object => {
  if (typeof body === 'object' && body !== null) return body;
  throw new BigqueryFailure('the answer is no JSON', { status: null, reason: 'unreachable' });
};

const pathOf = ({ dataset, table }: TableId): string => `/datasets/${dataset}/tables/${table}`;

/** @param address The project and location that jobs run in. */
export const openApi = (client: Client, address: Address, pace: Pace): Api => {
  const { project, location } = address;
  const answer = (request: Request): Promise<Answer> =>
    askOnce(client, address, request, pace.limits.requestTimeoutMs);
  const ask = async (request: Request): Promise<unknown> => parse((await answer(request)).text);
  const read = (request: Request): Promise<object> =>
    send(pace, async () => asObject(await ask(request)));
  const write = async (request: Request): Promise<void> => {
    await send(pace, () => ask(request));
  };

  const insert = (id: string, configuration: JobConfiguration): Promise<Inserted> =>
    send(pace, async (again) => {
      const json = { jobReference: { projectId: project, jobId: id, location }, configuration };
      try {
        await ask({ method: 'POST', uri: '/jobs', json });
        return 'created';
      } catch (error) {
        // After a lost answer the id was used by ourselves.
        if (hasStatus(error, 409)) return again ? 'created' : 'exists';
        throw error;
      }
    });

  const listRows = async (id: TableId): Promise<NonNullable<ResultPage['rows']>> => {
    const rows: NonNullable<ResultPage['rows']> = [];
    for (let pageToken: string | undefined = ''; pageToken !== undefined;) {
      const qs = pageToken === '' ? {} : { pageToken };
      const page: ResultPage = await read({ method: 'GET', uri: `${pathOf(id)}/data`, qs });
      rows.push(...(page.rows ?? []));
      pageToken = page.pageToken;
    }
    return rows;
  };

  type TablePage = {
    tables?: { tableReference?: { tableId?: string } }[];
    nextPageToken?: string;
  };
  const listTables = async (dataset: string): Promise<string[]> => {
    const names: string[] = [];
    for (let pageToken: string | undefined = ''; pageToken !== undefined;) {
      const qs = { maxResults: 1000, ...(pageToken !== '' && { pageToken }) };
      const page: TablePage = await read({ method: 'GET', uri: `/datasets/${dataset}/tables`, qs });
      for (const { tableReference } of page.tables ?? []) names.push(tableReference?.tableId ?? '');
      pageToken = page.nextPageToken;
    }
    return names;
  };

  return {
    insertJob: insert,
    dryRun: async (configuration) =>
      readJob(
        await read({
          method: 'POST',
          uri: '/jobs',
          json: {
            jobReference: { projectId: project, location },
            configuration: { ...configuration, dryRun: true },
          },
        }),
      ),
    getJob: async (id) => {
      const found = read({ method: 'GET', uri: `/jobs/${id}`, qs: { location } });
      const resource = await orElse(found, 404, null);
      return resource === null ? null : readJob(resource);
    },
    cancelJob: (id) => write({ method: 'POST', uri: `/jobs/${id}/cancel`, qs: { location } }),
    getRows: (id, pageToken) =>
      read({
        method: 'GET',
        uri: `/queries/${id}`,
        qs: {
          location,
          'formatOptions.useInt64Timestamp': true,
          ...(pageToken !== null && { pageToken }),
        },
      }),
    getTable: (id) => orElse(read({ method: 'GET', uri: pathOf(id) }), 404, null),
    listTables: (dataset) => orElse(listTables(dataset), 404, []),
    createTable: ({ dataset, table }, resource) => {
      const tableReference = { projectId: project, datasetId: dataset, tableId: table };
      const uri = `/datasets/${dataset}/tables`;
      const made = write({ method: 'POST', uri, json: { ...resource, tableReference } });
      return orElse(made, 409, undefined);
    },
    listRows: (id) => orElse(listRows(id), 404, null),
    patchTable: (id, resource) => write({ method: 'PATCH', uri: pathOf(id), json: resource }),
    deleteTable: (id) => orElse(write({ method: 'DELETE', uri: pathOf(id) }), 404, undefined),
    getDataset: (dataset) =>
      orElse(read({ method: 'GET', uri: `/datasets/${dataset}` }), 404, null),
    createDataset: (dataset, resource) => {
      const datasetReference = { projectId: project, datasetId: dataset };
      const json = { ...resource, location, datasetReference };
      return orElse(write({ method: 'POST', uri: '/datasets', json }), 409, undefined);
    },
    patchDataset: (dataset, resource) =>
      write({ method: 'PATCH', uri: `/datasets/${dataset}`, json: resource }),
    testPermissions: async (id, permissions) => {
      const uri = `${pathOf(id)}:testIamPermissions`;
      const found = await read({ method: 'POST', uri, json: { permissions } });
      return (found as { permissions?: string[] }).permissions ?? [];
    },
    readClock: () =>
      send(pace, async () =>
        readDate(await answer({ method: 'GET', uri: '/datasets', qs: { maxResults: 1 } })),
      ),
  };
};
