import type { BigQuery } from '@google-cloud/bigquery';

/** Where BigQuery is. */
export type Address = {
  project: string;
  location: string;
  /** Another address than Google's own; a stand-in on this machine is asked without credentials. */
  apiEndpoint: string | null;
};

/**
 * What is used of Google's client: its authenticated requests, and the credentials behind them. Its methods for jobs add
 * what the protocol cannot use: ids of their own, parameters that the API does not know, results as doubles.
 */
export type Client = Pick<BigQuery, 'request' | 'authClient' | 'apiEndpoint'>;

const isLoopback = (address: string): boolean =>
  ['localhost', '127.0.0.1', '[::1]'].includes(new URL(address).hostname);

/** A stand-in on this machine, which is asked without credentials. */
export const isStandIn = ({ apiEndpoint }: Address): boolean =>
  apiEndpoint !== null && isLoopback(apiEndpoint);

/**
 * Opens Google's client; nothing is sent yet. Credentials are found the Google way (application default, or the file
 * that GOOGLE_APPLICATION_CREDENTIALS names), and are never sent to a stand-in.
 */
export const connect = async ({ project, location, apiEndpoint }: Address): Promise<Client> => {
  const [{ BigQuery }, { OAuth2Client }] = await Promise.all([
    import('@google-cloud/bigquery'),
    import('google-auth-library'),
  ]);
  // Requests are repeated by ours alone: it knows which of them may be.
  const options = { projectId: project, location, autoRetry: false };
  if (apiEndpoint === null) return new BigQuery(options);
  if (!isLoopback(apiEndpoint)) return new BigQuery({ ...options, apiEndpoint });
  const authClient = new OAuth2Client();
  authClient.setCredentials({ access_token: 'stand-in', expiry_date: 8_640_000_000_000_000 });
  return new BigQuery({ ...options, apiEndpoint, authClient });
};
