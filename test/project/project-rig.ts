import { randomBytes } from 'node:crypto';
import { setTimeout as wait } from 'node:timers/promises';
import { readConfig } from '../../src/config.ts';
import { columnTypes } from '../../src/warehouses/bigquery/column-types.ts';
import { ask as askGoogle, refusalOf } from '../../src/warehouses/bigquery/ask.ts';
import { connect, type Address } from '../../src/warehouses/bigquery/connect.ts';
import { openBigquery } from '../../src/warehouses/bigquery/open-bigquery.ts';
import { toTexts } from '../warehouses/bigquery/to-texts.ts';
import type { Rig } from '../warehouses/suite/lab.ts';

type Asked = { datasets?: { datasetReference: { datasetId: string } }[]; nextPageToken?: string };

const ask = async (
  address: Address,
  method: 'GET' | 'DELETE',
  uri: string,
  qs: Readonly<Record<string, string | boolean>>,
): Promise<Asked> => {
  const client = await connect(address);
  const url = new URL(`${client.apiEndpoint}/bigquery/v2/projects/${address.project}${uri}`);
  for (const [name, value] of Object.entries(qs)) url.searchParams.set(name, String(value));
  const answer = await askGoogle(client, address, { method, url: url.href, timeoutMs: 60_000 });
  if (answer.status < 200 || answer.status >= 300) throw refusalOf(answer, url);
  return answer.text === '' ? {} : (JSON.parse(answer.text) as Asked);
};

const listDatasets = async (address: Address): Promise<string[]> => {
  const names: string[] = [];
  for (let pageToken: string | undefined = ''; pageToken !== undefined;) {
    const page: Asked = await ask(address, 'GET', '/datasets', {
      all: true,
      ...(pageToken !== '' && { pageToken }),
    });
    names.push(...(page.datasets ?? []).map(({ datasetReference }) => datasetReference.datasetId));
    pageToken = page.nextPageToken;
  }
  return names;
};

/**
 * The BigQuery project that the environment names (BIGQUERY_PROJECT, BIGQUERY_LOCATION, Google's own variables for
 * credentials). Each place has datasets of its own, whose names begin with `fieldmart_test_` and a random number.
 * @throws ConfigError when the environment names no project.
 */
export const openProject = (env: NodeJS.ProcessEnv) => {
  // The tenant is the sandbox's, whatever the environment says.
  const config = readConfig({ ...env, WAREHOUSE: 'bigquery', ST_TENANT_ID: '1' });
  const { project, location, apiEndpoint, maxBytesBilled } = config.bigquery;
  const own = `fieldmart_test_${randomBytes(4).toString('hex')}_`;
  let places = 0;
  const rig: Rig = {
    name: 'bigquery',
    types: columnTypes,
    share: 0.02,
    openPlace: (prefix = '') => {
      const datasetPrefix = `${own}${(places += 1)}_${prefix}`;
      return Promise.resolve({
        open: (now) =>
          openBigquery({
            ...{ project, location, apiEndpoint, maxBytesBilled, datasetPrefix, now },
            sleep: (ms) => wait(ms),
          }),
        listStaging: async (warehouse) => {
          const tables = 'st_stage.INFORMATION_SCHEMA.TABLES';
          const rows = await warehouse.query(`select table_name from ${tables}`);
          return rows.map((row) => String(row.table_name));
        },
        readTexts: async (_, table) => {
          const [dataset = '', name = ''] = table.split('.');
          const uri = `/datasets/${datasetPrefix}${dataset}/tables/${name}`;
          return toTexts(await ask({ project, location, apiEndpoint }, 'GET', uri, {}));
        },
      });
    },
  };
  return {
    rig,
    /** Removes the datasets that this run made, with all that is in them; others stay. */
    removeDatasets: async (): Promise<string[]> => {
      const address = { project, location, apiEndpoint };
      const made = (await listDatasets(address)).filter((name) => name.startsWith(own));
      for (const name of made) {
        await ask(address, 'DELETE', `/datasets/${name}`, { deleteContents: true });
      }
      return made;
    },
  };
};
