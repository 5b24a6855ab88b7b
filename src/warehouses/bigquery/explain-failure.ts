import { WarehouseError } from '../../errors.ts';
import { BigqueryFailure, isConflict } from './failure.ts';

/** What was being done, and where. */
export type Circumstances = {
  /** `commit jobs`: completes "Cannot …". */
  action: string;
  project: string;
  location: string;
  /** The cap on bytes that the job was given; null for none. */
  capBytes: number | null;
};

type Explain = (message: string, where: Circumstances) => string;

/** The role that has a permission, narrowest first, and what it is granted on. */
const roles: readonly [RegExp, string][] = [
  [/bigquery\.jobs\.create/, 'roles/bigquery.jobUser on the project'],
  [
    /bigquery\.datasets\.create/,
    'roles/bigquery.user on the project, or let someone run `fieldmart setup` for you',
  ],
  [
    /bigquery\.(?:tables|datasets|routines)\.\w+/,
    "roles/bigquery.dataEditor on fieldmart's datasets",
  ],
];

const explainAccess: Explain = (message, { action, project }) => {
  const permission = /permission (bigquery\.[\w.]+)|(bigquery\.[\w.]+) permission/.exec(message);
  const name =
    permission?.[1] ??
    permission?.[2] ??
    /bigquery\.[\w.]+\w/.exec(message)?.[0] ??
    // The one refusal that Google words without its name.
    (message.includes('permission to query table') ? 'bigquery.tables.getData' : undefined);
  const role = roles.find(([pattern]) => name !== undefined && pattern.test(name))?.[1];
  return (
    `Cannot ${action}: Google refused access in project ${project}` +
    (name === undefined ? '' : `, permission ${name} is missing`) +
    `; grant ${role ?? 'roles/bigquery.jobUser on the project and roles/bigquery.dataEditor on the datasets'}`
  );
};

const explainCredentials: Explain = (_, { action }) =>
  `Cannot ${action}: Google accepts no credentials; run \`gcloud auth application-default login\`, or set ` +
  "GOOGLE_APPLICATION_CREDENTIALS to a service account's key file";

const explainDisabled: Explain = (_, { action, project }) =>
  `Cannot ${action}: the BigQuery API is not enabled in project ${project}; enable it ` +
  '(`gcloud services enable bigquery.googleapis.com`) and repeat the command';

const explainCap: Explain = (message, { action, capBytes }) => {
  const [, limit, needed = 'more'] =
    /bytes billed: (\d+)\. (\d+) or higher required/.exec(message) ?? [];
  const cap = limit ?? String(capBytes);
  // What the dry run found is the cap where none is set, or where it is less.
  const advice =
    cap === String(capBytes)
      ? 'raise BIGQUERY_MAX_BYTES_BILLED, or find out why it reads so much'
      : 'the tables have grown since its dry run: repeat the command';
  return `Cannot ${action}: it would be billed ${needed} bytes and the cap is ${cap}; ${advice}`;
};

const explainQuota: Explain = (message, { action, project }) =>
  `Cannot ${action}: a quota of project ${project} is used up (${message}); wait until it is renewed, most are by ` +
  'the day, or raise it, and repeat the command';

const explainRate: Explain = (message, { action }) =>
  `Cannot ${action}: BigQuery asks to slow down (${message}); wait a few minutes and repeat the command`;

const explainBilling: Explain = (_, { action, project }) =>
  `Cannot ${action}: project ${project} has no billing account, and BigQuery's sandbox knows no DML; attach one`;

const explainMissing: Explain = (message, { action, project, location }) => {
  const project404 = /Not found: Project|project .* not found|invalid project/i.test(message);
  if (project404) {
    return `Cannot ${action}: Google knows no project ${project}, or not for these credentials; set BIGQUERY_PROJECT`;
  }
  const what = /Not found: ((?:Table|Dataset) [^\s]+)/.exec(message)?.[1] ?? 'something';
  return (
    `Cannot ${action}: ${what} is not there in ${location}; repeat the command, which makes what is missing, and ` +
    'check BIGQUERY_LOCATION'
  );
};

const explainWay: Explain = (message, { action }) =>
  `Cannot ${action}: BigQuery is out of reach (${message}); check the network and repeat the command`;

const explainRedirect: Explain = (host, { action }) =>
  `Cannot ${action}: ${host} answered with a redirect, which is never followed; set BIGQUERY_API_ENDPOINT to the ` +
  'address of the API itself, or look at the proxy in between';

const explainTls: Explain = (message, { action }) =>
  `Cannot ${action}: no trusted TLS connection to BigQuery (${message}); check a proxy in between and the ` +
  'certificates of this machine (NODE_EXTRA_CA_CERTS adds one)';

const explainBackend: Explain = (message, { action }) =>
  `Cannot ${action}: BigQuery failed (${message}); repeat the command in a while`;

const explainConflict: Explain = (_, { action }) =>
  `Cannot ${action}: other transactions keep changing the same tables; repeat the command when they are over`;

const byReason: Readonly<Record<string, Explain>> = {
  credentials: explainCredentials,
  accessNotConfigured: explainDisabled,
  accessDenied: explainAccess,
  forbidden: explainAccess,
  billingNotEnabled: explainBilling,
  bytesBilledLimitExceeded: explainCap,
  quotaExceeded: explainQuota,
  rateLimitExceeded: explainRate,
  jobRateLimitExceeded: explainRate,
  notFound: explainMissing,
  unreachable: explainWay,
  redirect: explainRedirect,
  tls: explainTls,
  timeout: explainWay,
  backendError: explainBackend,
  internalError: explainBackend,
  jobBackendError: explainBackend,
  jobInternalError: explainBackend,
};

const byMessage: readonly [RegExp, Explain][] = [
  [/has not been used in project|API .* disabled|SERVICE_DISABLED/i, explainDisabled],
  [/billing has not been enabled|billing account|not enabled billing|free tier/i, explainBilling],
];

/**
 * A failure as one line for the person who can mend it; undefined for what is wrong with our own SQL, or with something
 * that a person wrote.
 */
export const explainFailure = (
  failure: BigqueryFailure,
  where: Circumstances,
): WarehouseError | undefined => {
  const { message, facts } = failure;
  const explain = isConflict(failure)
    ? explainConflict
    : (byMessage.find(([pattern]) => pattern.test(message))?.[1] ?? byReason[facts.reason]);
  return explain === undefined
    ? undefined
    : new WarehouseError(explain(message, where), { cause: failure });
};

/** What Google quotes of the data in its messages about SQL. */
const quoted =
  /"(?:[^"\\]|\\.)*"|(?<=(?:value|argument|input|timestamp|date|numeric)(?: string)?: ).*?(?= at \[|;|$)/gi;

/** What Google said of SQL that failed, without the values that it quotes: they may be anybody's. */
export const describeRefusal = ({ message }: BigqueryFailure): string =>
  message.replace(quoted, '…').slice(0, 300);
