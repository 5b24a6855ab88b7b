import { spawnSync } from 'node:child_process';
import { readdir, readFile } from 'node:fs/promises';
import { describe, expect, test } from '@jest/globals';
import { readConfig, readSourceConfig, variableNames } from '../../src/config.ts';
import { describeDataset } from '../../src/warehouses/bigquery/describe-tables.ts';
import { allDatasets } from '../../src/warehouses/bigquery/googlesql-text.ts';

const dir = 'deploy/terraform';
const files = (await readdir(dir)).filter((file) => file.endsWith('.tf')).sort();
const texts = await Promise.all(files.map((file) => readFile(`${dir}/${file}`, 'utf8')));
const all = texts.join('\n').replace(/^\s*#.*$/gm, '');

/** What stands between the braces of the first block or map that begins so. */
const bodyOf = (begin: string): string => {
  const at = all.indexOf(begin);
  if (at === -1) throw new Error(`${begin} is not in ${dir}`);
  const from = all.indexOf('{', at) + 1;
  let depth = 1;
  for (let to = from; to < all.length; to += 1) {
    if (all[to] === '{') depth += 1;
    if (all[to] === '}') depth -= 1;
    if (depth === 0) return all.slice(from, to);
  }
  throw new Error(`${begin} does not end`);
};

const blocksOf = (kind: string): string[] =>
  [...all.matchAll(new RegExp(`^${kind} "(\\w+)" \\{`, 'gm'))].map(([, name = '']) => name);

const listOf = (text: string): string[] =>
  [...text.matchAll(/"([^"]+)"/g)].map(([, item = '']) => item);

const keysOf = (text: string): string[] =>
  [...text.matchAll(/^\s*(\w+)\s*=/gm)].map(([, name = '']) => name);

const secrets = listOf(/secrets\s*= toset\(\[([^\]]*)\]\)\n/.exec(all)?.[1] ?? '');
const environment = keysOf(bodyOf('environment ='));

/** The variables that a reader of the environment says are missing. */
const missing = (read: (env: NodeJS.ProcessEnv) => unknown): string[] => {
  try {
    read({ WAREHOUSE: 'bigquery' });
    return [];
  } catch (error) {
    const lines = error instanceof Error ? error.message.split('\n') : [];
    return lines.flatMap((line) => /^ {2}(\w+) is missing/.exec(line)?.[1] ?? []);
  }
};

const defaultOf = (variable: string): string =>
  /default\s*=\s*"?([^"\n]*)"?/.exec(bodyOf(`variable "${variable}"`))?.[1] ?? '';

describe('the Cloud Run jobs', () => {
  test('give a sync every variable that it needs, the secret ones from Secret Manager', () => {
    const needed = missing(readSourceConfig);
    expect(needed).toContain('BIGQUERY_PROJECT');
    expect([...secrets, ...environment]).toEqual(expect.arrayContaining(needed));
    expect(needed.filter((name) => name.startsWith('ST_')).sort()).toEqual([...secrets].sort());
  });

  test('give a build what it needs, and no credentials of the source', () => {
    const ofBuild = listOf(/build = \{.*toset\(\[([^\]]*)\]\)/.exec(all)?.[1] ?? '');
    expect(ofBuild.concat(environment)).toEqual(expect.arrayContaining(missing(readConfig)));
    expect(ofBuild).toEqual(['ST_TENANT_ID']);
  });

  test('set no variable that fieldmart does not read', () => {
    expect(variableNames).toEqual(expect.arrayContaining([...secrets, ...environment]));
  });

  test('are accepted with the defaults of the variables', () => {
    const config = readSourceConfig({
      ...Object.fromEntries(secrets.map((name) => [name, '4711'])),
      WAREHOUSE: 'bigquery',
      BIGQUERY_PROJECT: 'example-project',
      BIGQUERY_LOCATION: defaultOf('location'),
      BIGQUERY_MAX_BYTES_BILLED: defaultOf('max_bytes_billed'),
      DATASET_PREFIX: defaultOf('dataset_prefix'),
      ST_TIME_ZONE: defaultOf('time_zone'),
      ST_REQUESTS_PER_SECOND: defaultOf('requests_per_second'),
    });
    expect(config.bigquery.location).toBe('US');
    expect(config.bigquery.maxBytesBilled).toBe(10 * 1024 ** 3);
  });

  test('run commands that exist', async () => {
    const commands = keysOf(bodyOf('commands =').replace(/\{[^}]*\}/g, '1'));
    expect(commands).toEqual(['sync', 'build']);
    const text = await readFile('src/cli/commands.ts', 'utf8');
    for (const command of commands) expect(text).toMatch(new RegExp(`^\\s+'${command}'`, 'm'));
  });
});

describe('the datasets', () => {
  test('are those of the warehouse', () => {
    expect(keysOf(bodyOf('datasets ='))).toEqual([...allDatasets]);
  });

  test('are not dropped with what they hold, and staging tables expire', () => {
    const body = bodyOf('resource "google_bigquery_dataset"');
    expect(body).toMatch(/delete_contents_on_destroy = false/);
    expect(body).toMatch(/"st_stage" \? 259200000 : null/);
  });
});

describe('access', () => {
  const rolesIn = (text: string): string[] =>
    [...text.matchAll(/role\s*=\s*"([^"]+)"/g)].map(([, role = '']) => role);

  test('is no more than the jobs need', () => {
    expect(rolesIn(all).sort()).toEqual([
      'roles/bigquery.dataEditor',
      'roles/bigquery.jobUser',
      'roles/run.invoker',
      'roles/secretmanager.secretAccessor',
    ]);
    expect(rolesIn(bodyOf('resource "google_project_iam_member"'))).toEqual([
      'roles/bigquery.jobUser',
    ]);
    expect(all).not.toMatch(/_iam_(?:policy|binding)"|google_service_account_key/);
  });

  test('leaves the values of secrets out of Terraform', () => {
    expect(all).not.toMatch(/secret_manager_secret_version|secret_data/);
  });
});

describe('the variables', () => {
  test.each(blocksOf('variable'))('%s is described and validated', (name) => {
    const body = bodyOf(`variable "${name}"`);
    expect(body).toMatch(/description = "[A-Z].+\."|description = ".+"/);
    expect(body).toContain('validation {');
    expect(body).toContain('error_message');
  });

  test.each([
    [
      'project',
      'BIGQUERY_PROJECT',
      ['acme-data-1234', 'example.com:acme-data', 'Acme', 'a', '1-acme-1', 'acme-data-'],
    ],
    ['location', 'BIGQUERY_LOCATION', ['US', 'us-central1', 'EU', 'u', 'us_central1']],
    ['dataset_prefix', 'DATASET_PREFIX', ['', 'acme_', '1acme', 'acme-', 'a'.repeat(101)]],
  ])('%s is judged as %s is', (variable, name, samples) => {
    const pattern = /regex\("([^"]+)"/.exec(bodyOf(`variable "${variable}"`))?.[1] ?? '';
    const env = { ST_TENANT_ID: '1', WAREHOUSE: 'bigquery', BIGQUERY_PROJECT: 'example-project' };
    const isTaken = (value: string): boolean => {
      try {
        readConfig({ ...env, [name]: value });
        return true;
      } catch {
        return false;
      }
    };
    const judged = samples.map((value) => [value, new RegExp(pattern).test(value)]);
    expect(judged).toEqual(samples.map((value) => [value, isTaken(value)]));
  });

  test('and what comes out are described', () => {
    for (const name of blocksOf('output'))
      expect(bodyOf(`output "${name}"`)).toMatch(/description =/);
  });
});

const terraform = spawnSync('terraform', ['version']).status === 0 ? test : test.skip;
terraform('is formatted as Terraform formats it', () => {
  const { status, stdout } = spawnSync('terraform', ['fmt', '-check', '-recursive', 'deploy'], {
    encoding: 'utf8',
  });
  expect({ status, stdout }).toEqual({ status: 0, stdout: '' });
});

test('datasets are described as setup describes them, so that neither undoes the other', () => {
  const described = bodyOf('datasets =').matchAll(/(\w+)\s*= "([^"]+)"/g);
  const texts = Object.fromEntries(
    [...described].map(([, name = '', text = '']) => [name, `fieldmart: ${text}`]),
  );
  expect(texts).toEqual(
    Object.fromEntries(allDatasets.map((name) => [name, describeDataset(name).description])),
  );
});
