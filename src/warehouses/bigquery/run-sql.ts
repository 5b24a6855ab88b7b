import { createHash } from 'node:crypto';
import type { Row } from '../warehouse.ts';
import type { JobConfiguration } from './api.ts';
import { describeRefusal, explainFailure } from './explain-failure.ts';
import { BigqueryFailure } from './failure.ts';
import { findParameters, renameSources, renameTables } from './googlesql-text.ts';
import { labelsOf } from './labels.ts';
import { toParameter } from './parameters.ts';
import { readCells } from './read-cells.ts';
import { runJob, type Finished } from './run-job.ts';
import type { Parameters, Purpose, Session } from './session.ts';

/** SQL to run as one job. */
export type SqlOrder = Purpose & {
  /** `commit jobs`: completes "Cannot …". */
  action: string;
  /** Tables are named without prefix. */
  sql: string;
  parameters?: Parameters;
  /** The job's id without the attempt's number, for work that a later process may find done; else a random one. */
  id?: string;
  isThere?: () => Promise<boolean>;
  /** The most bytes that it may be billed; the session's cap when that is less. */
  capBytes?: number | null;
  /** Other names of the tables that a query reads than their own. */
  rename?: (table: string) => string;
  /** A script that writes down itself what it cost, unless it fails. */
  bookkeeps?: boolean;
};

/** Puts the prefix before a table's dataset. */
export const prefixTable =
  (session: Session) =>
  (table: string): string =>
    session.datasetPrefix + table;

const smallest = (caps: readonly (number | null)[]): number | null => {
  const given = caps.filter((cap) => cap !== null);
  return given.length === 0 ? null : Math.min(...given);
};

const toConfiguration = (session: Session, order: SqlOrder): JobConfiguration => {
  const { sql, parameters = {}, rename } = order;
  const named = rename === undefined ? sql : renameSources(sql, rename);
  const names = findParameters(sql);
  const capBytes = smallest([session.maxBytesBilled, order.capBytes ?? null]);
  return {
    labels: labelsOf(session.runId, order),
    jobTimeoutMs: String(session.jobs.limits.jobRunMsMax),
    query: {
      query: renameTables(named, prefixTable(session)),
      useLegacySql: false,
      ...(names.length > 0 && {
        parameterMode: 'NAMED',
        queryParameters: names.map((name) => toParameter(name, parameters[name] ?? null)),
      }),
      ...(capBytes !== null && { maximumBytesBilled: String(capBytes) }),
    },
  };
};

/** A short name of texts, and of the place: two installations in one project do not take each other's jobs. */
export const hashOf = ({ datasetPrefix }: Session, ...texts: string[]): string =>
  createHash('sha256')
    .update(JSON.stringify([datasetPrefix, ...texts]))
    .digest('hex')
    .slice(0, 40);

/** @throws BigqueryFailure when it fails. */
export const runSql = async (session: Session, order: SqlOrder): Promise<Finished> => {
  const { api, jobs } = session;
  const configuration = toConfiguration(session, order);
  return runJob(jobs, {
    id: order.id ?? `fieldmart_${order.step}_${session.newId()}`,
    action: order.action,
    insert: (id) => api.insertJob(id, configuration),
    ...(order.isThere !== undefined && { isThere: order.isThere }),
    onEnd: (job) => {
      if (order.bookkeeps !== true || job.failure !== null) session.count(order, job);
    },
  });
};

/** What it would read and what columns it would give; nothing is billed. */
export const dryRunSql = async (session: Session, order: SqlOrder) => {
  const { bytesProcessed, columns } = await session.api.dryRun(toConfiguration(session, order));
  return { bytesProcessed, columns };
};

/** Runs a query and reads all its rows. */
export const readRows = async (session: Session, order: SqlOrder): Promise<Row[]> => {
  const { job } = await runSql(session, order);
  const rows: Row[] = [];
  for (let token: string | null | undefined = null; token !== undefined;) {
    const page = await session.api.getRows(job.id, token);
    for (const row of readCells(page)) rows.push(row);
    token = page.pageToken;
  }
  return rows;
};

/** Runs the work; what Google refuses becomes one line for the person who can mend it, if it is not ours to mend. */
export const explained = async <T>(
  { address, maxBytesBilled }: Session,
  action: string,
  work: () => Promise<T>,
): Promise<T> => {
  try {
    return await work();
  } catch (error) {
    if (!(error instanceof BigqueryFailure)) throw error;
    const where = { action, ...address, capBytes: maxBytesBilled };
    throw (
      explainFailure(error, where) ??
      new BigqueryFailure(describeRefusal(error), error.facts, { cause: error })
    );
  }
};
