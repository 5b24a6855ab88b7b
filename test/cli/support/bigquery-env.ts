import type { Bigquery } from '../../support/bigquery/start-bigquery.ts';

/** The variables that choose the stand-in of BigQuery in place of a file. */
export const bigqueryEnv = ({ projectId, url }: Bigquery): NodeJS.ProcessEnv => ({
  WAREHOUSE: 'bigquery',
  BIGQUERY_PROJECT: projectId,
  BIGQUERY_API_ENDPOINT: url,
});
