import type { GoogleAuth } from 'google-auth-library';

/** Where BigQuery is. */
export type Address = {
  project: string;
  location: string;
  /** Another address than Google's own; a stand-in on this machine is asked without credentials. */
  apiEndpoint: string | null;
};

/** Google's credentials, and the address of its API. */
export type Client = { authClient: Pick<GoogleAuth, 'request'>; apiEndpoint: string };

const isLoopback = (address: string): boolean =>
  ['localhost', '127.0.0.1', '[::1]'].includes(new URL(address).hostname);

/** A stand-in on this machine, which is asked without credentials. */
export const isStandIn = ({ apiEndpoint }: Address): boolean =>
  apiEndpoint !== null && isLoopback(apiEndpoint);

const scope = 'https://www.googleapis.com/auth/bigquery';

/**
 * Finds Google's credentials; nothing is sent yet. They are found the Google way (application default, or the file that
 * GOOGLE_APPLICATION_CREDENTIALS names), and are never sent to a stand-in. Requests are our own (see ask.ts): those of
 * Google's client for BigQuery follow redirects, and repeat what must not be repeated.
 */
export const connect = async ({
  project,
  apiEndpoint,
}: Address): Promise<Client & { authClient: GoogleAuth }> => {
  const { GoogleAuth, OAuth2Client } = await import('google-auth-library');
  if (apiEndpoint !== null && isLoopback(apiEndpoint)) {
    const nobody = new OAuth2Client();
    nobody.setCredentials({ access_token: 'stand-in', expiry_date: 8_640_000_000_000_000 });
    return { authClient: new GoogleAuth({ authClient: nobody }), apiEndpoint };
  }
  // A redirect of the token endpoint is refused too.
  const clientOptions = { transporterOptions: { redirect: 'error' as const } };
  const authClient = new GoogleAuth({ projectId: project, scopes: scope, clientOptions });
  return { authClient, apiEndpoint: apiEndpoint ?? 'https://bigquery.googleapis.com' };
};
