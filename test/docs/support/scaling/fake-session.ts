import type { Api, ResultPage } from '../../../../src/warehouses/bigquery/api.ts';
import type { Job } from '../../../../src/warehouses/bigquery/job.ts';
import type { Session } from '../../../../src/warehouses/bigquery/session.ts';

/** What was sent to BigQuery. */
export type Sent = {
  loads: number;
  /** Texts of the query jobs, in order. */
  queries: string[];
  dryRuns: number;
  tablesDropped: number;
};

const done: Job = {
  id: '',
  done: true,
  failure: null,
  rowsLoaded: 1,
  bytesProcessed: 0,
  bytesBilled: 0,
  slotMs: 0,
  columns: [],
};

const limits = {
  requestTimeoutMs: 1_000,
  requestAttemptsMax: 1,
  retryDelayMinMs: 1,
  retryDelayMaxMs: 1,
  jobAttemptsMax: 1,
  jobRunMsMax: 1_000,
};

const queryOf = (configuration: Readonly<Record<string, unknown>>): string =>
  (configuration.query as { query: string }).query;

const toPage = (row: Readonly<Record<string, string>> | undefined): ResultPage => ({
  schema: { fields: Object.keys(row ?? {}).map((name) => ({ name, type: 'STRING' })) },
  rows: row === undefined ? [] : [{ f: Object.values(row).map((v) => ({ v })) }],
});

/**
 * A session of the BigQuery warehouse with nobody behind it: every job is done at once, and what was sent is kept. It
 * tells how many jobs the program sends, and their SQL; nothing of how BigQuery would run them.
 * @param answer The one row that a query gets, if any.
 */
export const openFakeSession = (
  answer: (sql: string) => Readonly<Record<string, string>> | undefined,
): { session: Session; sent: Sent } => {
  const sent: Sent = { loads: 0, queries: [], dryRuns: 0, tablesDropped: 0 };
  const rows = new Map<string, ResultPage>();
  const refuse = (): Promise<never> => Promise.reject(new Error('not part of what is counted'));
  const known = new Set<string>();
  const api: Api = {
    insertJob: (id, configuration) => {
      const sql = queryOf(configuration);
      sent.queries.push(sql);
      rows.set(id, toPage(answer(sql)));
      known.add(id);
      return Promise.resolve('created');
    },
    dryRun: () => {
      sent.dryRuns += 1;
      return Promise.resolve(done);
    },
    getJob: (id) => Promise.resolve(known.has(id) ? { ...done, id } : null),
    cancelJob: refuse,
    getRows: (id) => Promise.resolve(rows.get(id) ?? {}),
    getTable: () => Promise.resolve(null),
    listTables: () => Promise.resolve([]),
    listRows: refuse,
    createTable: refuse,
    patchTable: refuse,
    deleteTable: () => {
      sent.tablesDropped += 1;
      return Promise.resolve();
    },
    getDataset: refuse,
    createDataset: refuse,
    patchDataset: refuse,
    testPermissions: refuse,
    readClock: refuse,
  };
  const pace = { limits, random: () => 0, sleep: () => Promise.resolve() };
  const session: Session = {
    api,
    jobs: { api, pace, limits },
    upload: async ({ id, lines }) => {
      for await (const line of lines()) if (line === '') throw new Error('an empty line');
      sent.loads += 1;
      known.add(id);
      return 'created';
    },
    address: { project: 'example-project', location: 'US', apiEndpoint: null },
    datasetPrefix: '',
    maxBytesBilled: null,
    runId: 'run',
    newId: () => `id${sent.queries.length}`,
    count: () => undefined,
  };
  return { session, sent };
};
