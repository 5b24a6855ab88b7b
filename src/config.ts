import { createHash } from 'node:crypto';
import { join, resolve } from 'node:path';
import { z } from 'zod';
import { ConfigError } from './errors.ts';
import { batchBytesMaxDefault } from './limits.ts';

const isLoopback = (url: URL): boolean =>
  ['localhost', '127.0.0.1', '[::1]'].includes(url.hostname);

const isSecure = (text: string): boolean => {
  if (!URL.canParse(text)) return false;
  const url = new URL(text);
  const plainOk = url.protocol === 'http:' && isLoopback(url);
  const isBare = url.username === '' && url.password === '';
  return (url.protocol === 'https:' || plainOk) && isBare;
};

const urlFault = { error: 'must be an https:// address (plain http only for a loopback address)' };

const secureUrl = z
  .string()
  .refine((text) => isSecure(text) && new URL(text).search === '', urlFault);

/** Credentials go to such an address: only Google may have them. */
const googleUrl = secureUrl.refine(
  (text) => {
    if (!URL.canParse(text)) return true;
    const url = new URL(text);
    return isLoopback(url) || url.hostname.endsWith('.googleapis.com');
  },
  { error: 'must be an address of googleapis.com, or a loopback address' },
);

/** Such an address is a secret itself, and may carry it in its query. */
const webhookUrl = z.string().refine(isSecure, urlFault);

const isTimeZone = (name: string): boolean => {
  try {
    new Intl.DateTimeFormat('en', { timeZone: name });
    return true;
  } catch {
    return false;
  }
};

const required = (what: string) => z.string({ error: `is missing; set it to ${what}` });

const project = required('the Google Cloud project that holds the datasets').regex(
  /^(?:[a-z][a-z0-9.-]*:)?[a-z][a-z0-9-]{4,28}[a-z0-9]$/,
  { error: 'must be the id of a project, for example acme-data-1234 (not its name or number)' },
);

/** It becomes a part of an address. */
const datasetId = z.string().regex(/^[A-Za-z0-9_-]{1,100}$/, {
  error: 'must be the id of a data set: letters, digits and dashes',
});

const environment = z.object({
  ST_CLIENT_ID: required('the client id of your ServiceTitan app (cid.…)'),
  ST_CLIENT_SECRET: required('the client secret of your ServiceTitan app (cs….…)'),
  ST_APP_KEY: required('the application key (ak1.…)'),
  ST_TENANT_ID: required('the tenant id, a number').regex(/^\d{1,19}$/, {
    error: 'must be a number',
  }),
  ST_BASE_URL: secureUrl.default('https://api.servicetitan.io'),
  ST_AUTH_URL: secureUrl.optional(),
  ST_TIME_ZONE: z
    .string()
    .refine(isTimeZone, { error: 'must be an IANA time zone, for example America/Phoenix' })
    .default('America/Phoenix'),
  ST_REQUESTS_PER_SECOND: z.coerce
    .number({ error: 'must be a number' })
    .gt(0, { error: 'must be more than 0' })
    .max(1000, { error: 'must be at most 1000' })
    .default(15),
  WAREHOUSE: z
    .enum(['duckdb', 'bigquery'], { error: 'must be duckdb or bigquery' })
    .default('duckdb'),
  DUCKDB_PATH: z.string().default('data/fieldmart.duckdb'),
  DATASET_PREFIX: z
    .string()
    .regex(/^[A-Za-z][A-Za-z0-9_]{0,99}$/, {
      error: 'must start with a letter and hold only letters, digits and underscores',
    })
    .optional(),
  BIGQUERY_PROJECT: project.optional(),
  BIGQUERY_LOCATION: z
    .string()
    .regex(/^[A-Za-z][A-Za-z0-9-]{1,39}$/, {
      error: 'must be a location of BigQuery, for example US, EU or us-central1',
    })
    .default('US'),
  BIGQUERY_MAX_BYTES_BILLED: z.coerce
    .number({ error: 'must be a number of bytes' })
    .int({ error: 'must be a whole number of bytes' })
    .min(1024 ** 3, {
      error: 'must be at least 1073741824: a load of few rows may need half of it',
    })
    .optional(),
  BIGQUERY_USD_PER_TIB: z
    .string()
    .regex(/^\d{1,6}(?:\.\d{1,9})?$/, {
      error: 'must be a price in dollars, for example 6.25, with nine decimals at the most',
    })
    .default('6.25'),
  BIGQUERY_API_ENDPOINT: googleUrl.optional(),
  SPOOL_DIR: z.string().default('data/spool'),
  BATCH_BYTES_MAX: z.coerce
    .number({ error: 'must be a number of bytes' })
    .int({ error: 'must be a whole number of bytes' })
    .min(1024, { error: 'must be at least 1024' })
    .max(1024 ** 3, { error: 'must be at most 1073741824' })
    .default(batchBytesMaxDefault),
  LOG_LEVEL: z
    .enum(['error', 'warn', 'info', 'debug'], { error: 'must be error, warn, info or debug' })
    .default('info'),
  LOG_FILE: z.string().default('logs/app.log'),
  ALERT_WEBHOOK_URL: webhookUrl.optional(),
  DATABOX_API_KEY: z.string().optional(),
  DATABOX_DATASET_ID: datasetId.optional(),
  DATABOX_SUMMARY_DATASET_ID: datasetId.optional(),
  DATABOX_BASE_URL: secureUrl.default('https://api.databox.com'),
});

/** The name of a variable that fieldmart reads. */
export type VariableName = keyof typeof environment.shape;

/** Every variable that fieldmart reads; `.env.example` lists the same. */
export const variableNames: readonly string[] = Object.keys(environment.shape);

/** Those of them that nobody else may know, and that no workflow may show. */
export const secretNames: readonly string[] = [
  ...['ST_CLIENT_ID', 'ST_CLIENT_SECRET', 'ST_APP_KEY', 'ST_TENANT_ID'],
  ...['ALERT_WEBHOOK_URL', 'DATABOX_API_KEY'],
];

/** Credentials and address of the source. Never logged. */
export type SourceConfig = {
  clientId: string;
  clientSecret: string;
  appKey: string;
  baseUrl: string;
  authUrl: string;
  requestsPerSecond: number;
};

/** Where BigQuery is and what it may cost. Credentials are found the Google way, by its own library. */
export type BigqueryConfig = {
  /** '' unless WAREHOUSE is bigquery. */
  project: string;
  location: string;
  /** The most bytes that one query job may be billed; null for no cap. */
  maxBytesBilled: number | null;
  /** The price of a TiB that is billed, a decimal as text. */
  usdPerTib: string;
  /** Another address than Google's; null for Google's. */
  apiEndpoint: string | null;
};

/** What a command needs that stores or reads data but does not talk to the source. */
export type Config = {
  tenantId: string;
  /** IANA name; dates on the command line are local dates of this zone. */
  timeZone: string;
  warehouse: 'duckdb' | 'bigquery';
  duckdbPath: string;
  bigquery: BigqueryConfig;
  datasetPrefix: string;
  /** The database's own folder below SPOOL_DIR. */
  spoolDir: string;
  batchBytesMax: number;
};

const deriveAuthUrl = (baseUrl: string): string =>
  baseUrl.includes('api-integration')
    ? 'https://auth-integration.servicetitan.io/connect/token'
    : 'https://auth.servicetitan.io/connect/token';

/** An empty variable is an unset one: `.env` files and CI secrets leave them behind. */
const withoutEmpty = (env: NodeJS.ProcessEnv): Record<string, string> =>
  Object.fromEntries(
    Object.entries(env).filter(
      (entry): entry is [string, string] =>
        entry[1] !== undefined && entry[1].trim() !== '' && variableNames.includes(entry[0]),
    ),
  );

const listFaults = (error: z.ZodError): string =>
  error.issues.map((issue) => `  ${issue.path.join('.')} ${issue.message}`).join('\n');

/** What only one warehouse needs is asked for only when it is chosen, together with all other faults. */
const forWarehouse = <T extends z.ZodRawShape>(
  schema: z.ZodObject<T>,
  { WAREHOUSE }: Record<string, string>,
): z.ZodObject =>
  WAREHOUSE === 'bigquery' ? schema.extend({ BIGQUERY_PROJECT: project }) : schema;

const parse = <T extends z.ZodRawShape>(
  schema: z.ZodObject<T>,
  env: NodeJS.ProcessEnv,
): z.infer<z.ZodObject<T>> => {
  const given = withoutEmpty(env);
  const result = forWarehouse(schema, given).safeParse(given);
  if (result.success) return result.data as z.infer<z.ZodObject<T>>;
  throw new ConfigError(
    `Cannot start: the environment has ${result.error.issues.length} fault(s); ` +
      `set these variables (fieldmart init asks for them, .env.example describes them):\n${listFaults(result.error)}`,
  );
};

/**
 * What is wrong with one variable beside others that are set: `must be a number`; null when nothing is.
 * An empty one is unset, as everywhere.
 */
export const findFault = (name: VariableName, env: NodeJS.ProcessEnv): string | null => {
  const given = withoutEmpty(env);
  const { error } = forWarehouse(environment, given).safeParse(given);
  return error?.issues.find(({ path }) => path[0] === name)?.message ?? null;
};

/** What a variable is while it is unset; '' for nothing. */
export const defaultOf = (name: VariableName): string => {
  const { data } = environment.shape[name].safeParse(undefined);
  return data === undefined ? '' : String(data);
};

/** @throws ConfigError when the environment turns the check of certificates off, for every host at once. */
export const assertVerifiedTls = (env: NodeJS.ProcessEnv): void => {
  if (env.NODE_TLS_REJECT_UNAUTHORIZED !== '0') return;
  throw new ConfigError(
    'Cannot start: NODE_TLS_REJECT_UNAUTHORIZED is 0, so that anyone could pose as the source and take its ' +
      'credentials; unset it, and name the certificate of a proxy in NODE_EXTRA_CA_CERTS',
  );
};

/** What frames a run: its log and its alert. */
export type LogConfig = {
  level: 'error' | 'warn' | 'info' | 'debug';
  /** Path of the log file; null for none. */
  file: string | null;
  /** Address that is told of a run that failed; null for none. Never logged. */
  alertUrl: string | null;
};

const known = <T extends z.ZodType>(schema: T, text: string | undefined, otherwise: z.infer<T>) => {
  const read = schema.safeParse(text);
  return read.success ? read.data : otherwise;
};

/**
 * What the frame of a run needs, before anything else is known to be right: a variable that is wrong counts as unset
 * here, and is named by the command that reads all of them.
 */
export const readLogConfig = (env: NodeJS.ProcessEnv): LogConfig => {
  const given = withoutEmpty(env);
  const { LOG_LEVEL, LOG_FILE, ALERT_WEBHOOK_URL } = environment.shape;
  const file = known(LOG_FILE, given.LOG_FILE, 'off');
  return {
    level: known(LOG_LEVEL, given.LOG_LEVEL, 'info'),
    file: file === 'off' ? null : file,
    alertUrl: known(ALERT_WEBHOOK_URL, given.ALERT_WEBHOOK_URL, undefined) ?? null,
  };
};

const credentials = { ST_CLIENT_ID: true, ST_CLIENT_SECRET: true, ST_APP_KEY: true } as const;
const withoutCredentials = environment.partial(credentials);
const withoutTenant = environment.partial({ ...credentials, ST_TENANT_ID: true });

/** A short name of the database: two that share SPOOL_DIR keep their pages apart. */
const databaseName = (env: z.infer<typeof withoutTenant>): string => {
  const place =
    env.WAREHOUSE === 'bigquery'
      ? `bigquery ${env.BIGQUERY_PROJECT ?? ''} ${env.BIGQUERY_API_ENDPOINT ?? ''}`
      : resolve(env.DUCKDB_PATH);
  return createHash('sha256')
    .update(`${place}\n${env.DATASET_PREFIX ?? ''}`)
    .digest('hex')
    .slice(0, 8);
};

const toConfig = (env: z.infer<typeof withoutTenant>): Config => ({
  tenantId: env.ST_TENANT_ID ?? '',
  timeZone: env.ST_TIME_ZONE,
  warehouse: env.WAREHOUSE,
  duckdbPath: env.DUCKDB_PATH,
  bigquery: {
    project: env.BIGQUERY_PROJECT ?? '',
    location: env.BIGQUERY_LOCATION,
    maxBytesBilled: env.BIGQUERY_MAX_BYTES_BILLED ?? null,
    usdPerTib: env.BIGQUERY_USD_PER_TIB,
    apiEndpoint: env.BIGQUERY_API_ENDPOINT?.replace(/\/+$/, '') ?? null,
  },
  datasetPrefix: env.DATASET_PREFIX ?? '',
  spoolDir: join(env.SPOOL_DIR, databaseName(env)),
  batchBytesMax: env.BATCH_BYTES_MAX,
});

const toSource = (env: z.infer<typeof withoutTenant>): SourceConfig => ({
  clientId: env.ST_CLIENT_ID ?? '',
  clientSecret: env.ST_CLIENT_SECRET ?? '',
  appKey: env.ST_APP_KEY ?? '',
  baseUrl: env.ST_BASE_URL.replace(/\/+$/, ''),
  authUrl: env.ST_AUTH_URL ?? deriveAuthUrl(env.ST_BASE_URL),
  requestsPerSecond: env.ST_REQUESTS_PER_SECOND,
});

/**
 * What commands need that do not talk to the source: no credentials are asked for.
 * @throws ConfigError naming every fault at once; never a value.
 */
export const readConfig = (env: NodeJS.ProcessEnv): Config =>
  toConfig(parse(withoutCredentials, env));

/**
 * What a command needs that only knows a place to store into: not even a tenant is asked for, and `tenantId` is ''.
 * @throws ConfigError naming every fault at once; never a value.
 */
export const readPlaceConfig = (env: NodeJS.ProcessEnv): Config =>
  toConfig(parse(withoutTenant, env));

/**
 * The same with the source's credentials, for commands that read from it.
 * @throws ConfigError naming every fault at once; never a value.
 */
export const readSourceConfig = (env: NodeJS.ProcessEnv): Config & { source: SourceConfig } => {
  const parsed = parse(environment, env);
  return { ...toConfig(parsed), source: toSource(parsed) };
};

/** The environment as it is, right or not. */
export type Inspected = {
  /** What is wrong, variable by variable: `is missing; set it to …`; never a value. */
  faults: { variable: string; message: string }[];
  /** What is left of it: a variable that is wrong counts as unset, and as '' where it has no default. */
  config: Config & { source: SourceConfig };
};

/** The variables that concern one thing that a run needs. */
export const variablesOf = {
  source: variableNames.filter((name) => /^ST_(?!TIME_ZONE)/.test(name)),
  spool: ['SPOOL_DIR', 'BATCH_BYTES_MAX'],
  warehouse: variableNames.filter((name) =>
    /^(?:WAREHOUSE|DUCKDB|DATASET|BIGQUERY)(?:_|$)/.test(name),
  ),
} as const;

/** Reads what it can, and says what is wrong with the rest. */
export const inspectEnvironment = (env: NodeJS.ProcessEnv): Inspected => {
  const given = withoutEmpty(env);
  const { error } = forWarehouse(environment, given).safeParse(given);
  const faults = new Map<string, string[]>();
  for (const { path, message } of error?.issues ?? []) {
    const variable = path.join('.');
    faults.set(variable, [...(faults.get(variable) ?? []), message]);
  }
  const right = Object.entries(given).filter(([name]) => !faults.has(name));
  const parsed = withoutTenant.parse(Object.fromEntries(right));
  return {
    faults: [...faults].map(([variable, messages]) => ({ variable, message: messages.join(', ') })),
    config: { ...toConfig(parsed), source: toSource(parsed) },
  };
};

/** Where Databox is and which data sets take what. The key is never logged. */
export type DataboxConfig = {
  apiKey: string;
  baseUrl: string;
  datasetId: string;
  /** Null: no summaries are sent. */
  summaryDatasetId: string | null;
};

/**
 * Databox, or null while nothing is set of it: then it is off.
 * @throws ConfigError when a part of it is missing.
 */
export const readDataboxConfig = (env: NodeJS.ProcessEnv): DataboxConfig | null => {
  const parsed = parse(withoutCredentials, env);
  const { DATABOX_API_KEY: apiKey, DATABOX_DATASET_ID: datasetId } = parsed;
  const summaryDatasetId = parsed.DATABOX_SUMMARY_DATASET_ID ?? null;
  if (apiKey === undefined && datasetId === undefined && summaryDatasetId === null) return null;
  if (apiKey !== undefined && datasetId !== undefined) {
    return {
      ...{ apiKey, datasetId, summaryDatasetId },
      baseUrl: parsed.DATABOX_BASE_URL.replace(/\/+$/, ''),
    };
  }
  const missing = apiKey === undefined ? 'DATABOX_API_KEY' : 'DATABOX_DATASET_ID';
  throw new ConfigError(
    `Cannot publish to Databox: ${missing} is missing; set it, or none of the DATABOX_ variables to leave it off`,
  );
};
