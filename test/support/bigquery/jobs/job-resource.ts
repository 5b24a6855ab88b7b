import type { CellFormat } from '../values/cells.ts';
import { toCell } from '../values/cells.ts';
import { toField } from '../values/field.ts';
import type { ResultSet } from '../sql/plan.ts';
import { nameJob, type Job } from './job.ts';

const kindOf = ({ configuration }: Job): string => {
  if (configuration.query !== undefined) return 'QUERY';
  return configuration.load === undefined ? 'COPY' : 'LOAD';
};

const writeTime = (ms: number | undefined): string | undefined =>
  ms === undefined ? undefined : String(ms);

/** A job as the API writes it. */
export const writeJob = (projectId: string, job: Job): Record<string, unknown> => {
  const isDry = job.configuration.dryRun === true;
  const { errorResult, errors } = job;
  return {
    kind: 'bigquery#job',
    etag: Buffer.from(`${job.jobId}.${job.state}`).toString('base64'),
    ...(isDry ? {} : { id: nameJob(projectId, job) }),
    jobReference: {
      projectId,
      location: job.location,
      ...(isDry ? {} : { jobId: job.jobId }),
    },
    configuration: { jobType: kindOf(job), ...job.configuration },
    status: {
      state: job.state,
      ...(errorResult === undefined ? {} : { errorResult, errors }),
    },
    statistics: {
      creationTime: writeTime(job.creationTime),
      startTime: writeTime(job.startTime),
      endTime: writeTime(job.endTime),
      ...job.statistics,
    },
    user_email: 'stand-in@example.com',
    principal_subject: 'user:stand-in@example.com',
  };
};

/** Some rows of a result as the API writes them. */
export const writeRows = ({ columns, rows }: ResultSet, format: CellFormat) =>
  rows.map((row) => ({
    f: columns.map(({ type }, index) => toCell(row[index] ?? null, type, format)),
  }));

/** The columns of a result as the API writes them. */
export const writeSchema = ({ columns }: ResultSet) => ({ fields: columns.map(toField) });
