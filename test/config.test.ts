import { readFile } from 'node:fs/promises';
import { describe, expect, test } from '@jest/globals';
import { assertVerifiedTls, readConfig, readSourceConfig, variableNames } from '../src/config.ts';
import { ConfigError } from '../src/errors.ts';

const complete = {
  ST_CLIENT_ID: 'cid.example',
  ST_CLIENT_SECRET: 'cs1.very-secret',
  ST_APP_KEY: 'ak1.very-secret-too',
  ST_TENANT_ID: '1234',
};

const faultsOf = (env: NodeJS.ProcessEnv): string => {
  try {
    readSourceConfig(env);
  } catch (error) {
    expect(error).toBeInstanceOf(ConfigError);
    return (error as Error).message;
  }
  throw new Error('no fault was found');
};

describe('readSourceConfig', () => {
  test('names every fault at once and no value', () => {
    const message = faultsOf({
      ST_CLIENT_SECRET: 'cs1.very-secret',
      ST_TENANT_ID: 'twelve',
      ST_BASE_URL: 'http://api.example.com',
      ST_TIME_ZONE: 'Mars/Olympus',
      ST_REQUESTS_PER_SECOND: 'many',
      WAREHOUSE: 'excel',
      BATCH_BYTES_MAX: '1.5',
      DATASET_PREFIX: 'a;b',
      LOG_LEVEL: 'loud',
    });
    for (const name of [
      'ST_CLIENT_ID',
      'ST_APP_KEY',
      'ST_TENANT_ID',
      'ST_BASE_URL',
      'ST_TIME_ZONE',
      'ST_REQUESTS_PER_SECOND',
      'WAREHOUSE',
      'BATCH_BYTES_MAX',
      'DATASET_PREFIX',
      'LOG_LEVEL',
    ]) {
      expect(message).toContain(name);
    }
    expect(message).toContain('10 fault(s)');
    expect(message).not.toContain('very-secret');
    expect(message).not.toContain('twelve');
  });

  test('takes an empty variable for an unset one', () => {
    expect(faultsOf({ ...complete, ST_APP_KEY: ' ' })).toContain('ST_APP_KEY is missing');
    expect(readSourceConfig({ ...complete, DUCKDB_PATH: '' }).duckdbPath).toBe(
      'data/fieldmart.duckdb',
    );
  });

  test('derives the token endpoint from the base URL', () => {
    expect(readSourceConfig(complete).source.authUrl).toBe(
      'https://auth.servicetitan.io/connect/token',
    );
    const integration = { ...complete, ST_BASE_URL: 'https://api-integration.servicetitan.io/' };
    expect(readSourceConfig(integration).source).toMatchObject({
      baseUrl: 'https://api-integration.servicetitan.io',
      authUrl: 'https://auth-integration.servicetitan.io/connect/token',
    });
  });

  test.each(['http://127.0.0.1:8080', 'http://localhost:1', 'http://[::1]:9'])(
    'allows plain http to a loopback address: %s',
    (url) => {
      expect(readSourceConfig({ ...complete, ST_BASE_URL: url }).source.baseUrl).toBe(url);
    },
  );

  test.each([
    ...[
      'http://10.0.0.1',
      'ftp://localhost',
      'localhost:80',
      'https://user:pw@host',
      'https://:pw@host',
    ],
    ...['http://127.0.0.1.example', 'http://localhost.example', 'https://host/?key=1'],
  ])('refuses %s as base URL', (url) => {
    expect(faultsOf({ ...complete, ST_BASE_URL: url })).toContain('ST_BASE_URL must be');
  });
});

test('two databases that share SPOOL_DIR have folders of their own', () => {
  const dirOf = (more: NodeJS.ProcessEnv): string =>
    readConfig({ ST_TENANT_ID: '5', SPOOL_DIR: 'spool', ...more }).spoolDir;
  expect(dirOf({})).toMatch(/^spool\/[0-9a-f]{8}$/);
  expect(dirOf({})).toBe(dirOf({ DUCKDB_PATH: './data/../data/fieldmart.duckdb' }));
  expect(dirOf({})).not.toBe(dirOf({ DUCKDB_PATH: 'other.duckdb' }));
  expect(dirOf({})).not.toBe(dirOf({ DATASET_PREFIX: 'trial_' }));
});

describe('BigQuery', () => {
  const bigquery = { ST_TENANT_ID: '5', WAREHOUSE: 'bigquery' };
  const faults = (more: NodeJS.ProcessEnv): string => faultsOf({ ...complete, ...more });

  test('needs a project, and is told so with every other fault at once', () => {
    expect(faults({ WAREHOUSE: 'bigquery', LOG_LEVEL: 'loud' })).toMatch(
      /2 fault\(s\)[^]*BIGQUERY_PROJECT is missing/,
    );
    expect(readConfig({ ST_TENANT_ID: '5' }).bigquery.project).toBe('');
  });

  test('is in the US, without a cap and at Google’s address unless told', () => {
    const config = readConfig({ ...bigquery, BIGQUERY_PROJECT: 'acme-data-1' });
    expect(config.bigquery).toEqual({
      project: 'acme-data-1',
      location: 'US',
      maxBytesBilled: null,
      usdPerTib: '6.25',
      apiEndpoint: null,
    });
  });

  test('takes a location, a cap, a price and an address', () => {
    const config = readConfig({
      ...bigquery,
      BIGQUERY_PROJECT: 'example.com:acme-data',
      BIGQUERY_LOCATION: 'europe-west3',
      BIGQUERY_MAX_BYTES_BILLED: '2000000000',
      BIGQUERY_USD_PER_TIB: '8.44',
      BIGQUERY_API_ENDPOINT: 'http://127.0.0.1:9050/',
    });
    expect(config.bigquery).toEqual({
      project: 'example.com:acme-data',
      location: 'europe-west3',
      maxBytesBilled: 2_000_000_000,
      usdPerTib: '8.44',
      apiEndpoint: 'http://127.0.0.1:9050',
    });
  });

  test.each([
    ['BIGQUERY_PROJECT', 'My Project'],
    ['BIGQUERY_PROJECT', '123456789'],
    ['BIGQUERY_LOCATION', 'US; x'],
    ['BIGQUERY_MAX_BYTES_BILLED', '1000'],
    ['BIGQUERY_MAX_BYTES_BILLED', 'all'],
    ['BIGQUERY_USD_PER_TIB', '6,25'],
    ['BIGQUERY_USD_PER_TIB', '-1'],
    ['BIGQUERY_USD_PER_TIB', '0.1234567891'],
    ['BIGQUERY_API_ENDPOINT', 'http://10.0.0.1'],
  ])('refuses %s=%s', (name, value) => {
    const message = faults({ WAREHOUSE: 'bigquery', BIGQUERY_PROJECT: 'acme-data', [name]: value });
    expect(message).toContain(`${name} must be`);
    expect(message).not.toContain(value);
  });

  test('keeps the pages of each project and prefix apart, and from DuckDB’s', () => {
    const dirs = [
      readConfig({ ST_TENANT_ID: '5' }),
      readConfig({ ...bigquery, BIGQUERY_PROJECT: 'acme-data-1' }),
      readConfig({ ...bigquery, BIGQUERY_PROJECT: 'acme-data-2' }),
      readConfig({ ...bigquery, BIGQUERY_PROJECT: 'acme-data-2', DATASET_PREFIX: 'trial_' }),
    ].map(({ spoolDir }) => spoolDir);
    expect(new Set(dirs).size).toBe(4);
  });
});

test('readConfig asks for no credentials', () => {
  expect(readConfig({ ST_TENANT_ID: '5' })).toMatchObject({
    tenantId: '5',
    timeZone: 'America/Phoenix',
    warehouse: 'duckdb',
  });
});

test('.env.example lists exactly the variables that are read, with their defaults', async () => {
  const text = await readFile('.env.example', 'utf8');
  const listed = [...text.matchAll(/^(?:# )?([A-Z][A-Z_]+)=(.*)$/gm)].map(
    ([, name = '', value = '']) => [name, value] as const,
  );
  expect(listed.map(([name]) => name).sort()).toEqual([...variableNames].sort());
  const values = Object.fromEntries(listed);
  const { source, ...config } = readSourceConfig({ ...values, ...complete });
  const { source: defaultSource, ...defaults } = readSourceConfig(complete);
  expect(config).toEqual(defaults);
  expect(source).toEqual(defaultSource);
});

test.each(['https://bigquery.example', 'https://googleapis.com.example', 'http://10.0.0.1'])(
  'Google’s credentials are not sent to %s',
  (url) => {
    expect(faultsOf({ ...complete, BIGQUERY_API_ENDPOINT: url })).toContain(
      'BIGQUERY_API_ENDPOINT must be',
    );
  },
);

test('certificates are checked, or nothing starts', () => {
  expect(() => {
    assertVerifiedTls({ NODE_TLS_REJECT_UNAUTHORIZED: '0' });
  }).toThrow(/^Cannot start: NODE_TLS_REJECT_UNAUTHORIZED is 0, .*unset it/);
  assertVerifiedTls({ NODE_TLS_REJECT_UNAUTHORIZED: '1' });
  assertVerifiedTls({});
});
