import type { Answer } from './faults.ts';
import { statusOf, type ErrorProto } from './refusals.ts';

const canonical: Readonly<Record<number, string>> = {
  400: 'INVALID_ARGUMENT',
  401: 'UNAUTHENTICATED',
  403: 'PERMISSION_DENIED',
  404: 'NOT_FOUND',
  409: 'ALREADY_EXISTS',
  410: 'FAILED_PRECONDITION',
  412: 'FAILED_PRECONDITION',
  500: 'INTERNAL',
  501: 'UNIMPLEMENTED',
  503: 'UNAVAILABLE',
};

/** An error in the form in which Google's JSON APIs answer them. */
export const errorAnswer = (error: ErrorProto, status = statusOf(error.reason)): Answer => {
  const { reason, message, location, locationType, domain = 'global' } = error;
  const entry = {
    ...{ message, domain, reason },
    ...(location === undefined ? {} : { location, locationType: locationType ?? 'other' }),
  };
  return {
    status,
    body: {
      error: { code: status, message, errors: [entry], status: canonical[status] ?? 'UNKNOWN' },
    },
  };
};

/** Answers and errors of the real service, to be used as faults. */
export const googleErrors = {
  backendError: (): Answer =>
    errorAnswer({
      reason: 'backendError',
      message: 'Error encountered during execution. Retrying may solve the problem.',
    }),
  internalError: (): Answer =>
    errorAnswer({
      reason: 'internalError',
      message: 'An internal error occurred and the request could not be completed.',
    }),
  unavailableHtml: (): Answer => ({
    status: 503,
    headers: { 'content-type': 'text/html; charset=UTF-8' },
    body: '<!DOCTYPE html><html lang=en><title>Error 503 (Service Unavailable)!!1</title><p><b>503.</b> <ins>That’s an error.</ins><p>The service you requested is not available at this time. <ins>That’s all we know.</ins></html>',
  }),
  quotaExceeded: (): Answer =>
    errorAnswer({
      reason: 'quotaExceeded',
      domain: 'usageLimits',
      message:
        'Quota exceeded: Your project exceeded quota for free query bytes scanned. For more information, see https://cloud.google.com/bigquery/docs/troubleshoot-quotas',
    }),
  rateLimitExceeded: (): Answer =>
    errorAnswer({
      reason: 'rateLimitExceeded',
      domain: 'usageLimits',
      message:
        'Exceeded rate limits: too many api requests per user per method for this user_method. For more information, see https://cloud.google.com/bigquery/docs/troubleshoot-quotas',
    }),
  apiDisabled: (projectId: string): Answer =>
    errorAnswer({
      reason: 'accessNotConfigured',
      domain: 'usageLimits',
      message: `BigQuery API has not been used in project ${projectId} before or it is disabled. Enable it by visiting https://console.developers.google.com/apis/api/bigquery.googleapis.com/overview?project=${projectId} then retry. If you enabled this API recently, wait a few minutes for the action to propagate to our systems and retry.`,
    }),
  billingNotEnabled: (): Answer =>
    errorAnswer({
      reason: 'billingNotEnabled',
      message:
        'Billing has not been enabled for this project. Enable billing at https://console.cloud.google.com/billing.',
    }),
  invalidCredentials: (): Answer =>
    errorAnswer({
      reason: 'authError',
      location: 'Authorization',
      locationType: 'header',
      message:
        'Request had invalid authentication credentials. Expected OAuth 2 access token, login cookie or other valid authentication credential. See https://developers.google.com/identity/sign-in/web/devconsole-project.',
    }),
} as const;

/** Errors of the real service that stand in a job's status, to be used as faults. */
export const jobErrors = {
  backendError: (): ErrorProto => ({
    reason: 'backendError',
    message: 'Error encountered during execution. Retrying may solve the problem.',
  }),
  jobBackendError: (): ErrorProto => ({
    reason: 'jobBackendError',
    message:
      'The job encountered an internal error during execution and was unable to complete successfully.',
  }),
  jobInternalError: (): ErrorProto => ({
    reason: 'jobInternalError',
    message:
      'The job encountered an internal error during execution and was unable to complete successfully.',
  }),
  internalError: (): ErrorProto => ({
    reason: 'internalError',
    message:
      'An internal error occurred and the request could not be completed. This is usually caused by a transient issue. Retrying the job with back-off as described in the BigQuery SLA should solve the problem: https://cloud.google.com/bigquery/sla.',
  }),
  jobRateLimitExceeded: (): ErrorProto => ({
    reason: 'jobRateLimitExceeded',
    message:
      'Exceeded rate limits: too many table update operations for this table. For more information, see https://cloud.google.com/bigquery/troubleshooting-errors',
  }),
  rateLimitExceeded: (): ErrorProto => ({
    reason: 'rateLimitExceeded',
    location: 'partition_modifications_per_column_partitioned_table.long',
    message:
      'Exceeded rate limits: too many table update operations for this table. For more information, see https://cloud.google.com/bigquery/troubleshooting-errors',
  }),
  quotaExceeded: (): ErrorProto => ({
    reason: 'quotaExceeded',
    location: 'load_job_per_table.long',
    message:
      'Quota exceeded: Your table exceeded quota for imports or query appends per table. For more information, see https://cloud.google.com/bigquery/docs/troubleshoot-quotas',
  }),
  concurrentUpdate: (table: string): ErrorProto => ({
    reason: 'invalidQuery',
    location: 'query',
    message: `Query error: Transaction is aborted due to concurrent update against table ${table}. Transaction ID: 61e30eea-0000-2dab-8e60-94eb2c1b1a92 at [1:1]`,
  }),
  serialization: (table: string): ErrorProto => ({
    reason: 'invalidQuery',
    location: 'q',
    message: `Could not serialize access to table ${table} due to concurrent update`,
  }),
} as const;
