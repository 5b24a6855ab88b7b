import { generateKeyPairSync } from 'node:crypto';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { WarehouseError } from '../../../src/errors.ts';
import { connect } from '../../../src/warehouses/bigquery/connect.ts';
import { startBigquery, type Bigquery } from '../../support/bigquery/start-bigquery.ts';
import { listen, type Listener } from '../../support/listen.ts';
import { makeTempDir } from '../../support/temp-dir.ts';
import { job, jobs } from '../suite/entities.ts';
import { openLab, type Lab } from '../suite/lab.ts';
import { placeIn } from './rig.ts';

let server: Bigquery;
let other: Listener;
let lab: Lab;
beforeAll(async () => {
  server = await startBigquery();
  other = await listen();
  lab = await openLab(placeIn(server, 'hosts_'));
});
afterAll(async () => {
  await lab.close();
  await other.close();
  await server.close();
});

describe('credentials stay with Google', () => {
  const redirect = (status: number) => ({
    kind: 'answer' as const,
    answer: { status, body: '', headers: { location: `${other.url}/elsewhere` } },
  });
  const seal = () => lab.seal(jobs, [job(1, 1)], { version: 0 });

  test.each([301, 302, 307, 308])('a redirect (%i) is not followed', async (status) => {
    server.addFault({ path: /\/jobs\?/, method: 'POST', effect: redirect(status) });
    const query = lab.rows('select 1 as one');
    await expect(query).rejects.toThrow(WarehouseError);
    await expect(query).rejects.toThrow(
      /^Cannot query BigQuery: 127\.0\.0\.1:\d+ answered with a redirect, which is never followed; set BIGQUERY_API_ENDPOINT/,
    );
    expect(other.heard).toEqual([]);
  });

  test('nor that of an upload', async () => {
    server.addFault({ path: /uploadType=resumable/, effect: redirect(307) });
    await expect(lab.commitBatches(jobs, [await seal()])).rejects.toThrow(/answered with a red/);
    server.addFault({ method: 'PUT', effect: redirect(307) });
    await expect(lab.commitBatches(jobs, [await seal()])).rejects.toThrow(/answered with a red/);
    expect(other.heard).toEqual([]);
  });

  test('an upload is not sent to a host that an answer names', async () => {
    server.addFault({ path: /uploadType=resumable/, effect: redirect(200) });
    await expect(lab.commitBatches(jobs, [await seal()])).rejects.toThrow(
      /credentials are not sent to 127\.0\.0\.1:\d+, which is no host of Google's/,
    );
    expect(other.heard).toEqual([]);
    expect(await lab.commitBatches(jobs, [await seal()])).toMatchObject({ inserted: 1 });
  });
});

test('the token of a service account is not asked for where a redirect leads', async () => {
  const { privateKey } = generateKeyPairSync('rsa', {
    modulusLength: 2048,
    ...{ publicKeyEncoding: { type: 'spki', format: 'pem' } },
    privateKeyEncoding: { type: 'pkcs8', format: 'pem' },
  });
  const key = { type: 'service_account', client_email: 'a@b.example', private_key: privateKey };
  const file = join(await makeTempDir(), 'key.json');
  await writeFile(file, JSON.stringify(key));
  const before = process.env.GOOGLE_APPLICATION_CREDENTIALS;
  process.env.GOOGLE_APPLICATION_CREDENTIALS = file;
  const { authClient } = await connect({ project: 'p', location: 'US', apiEndpoint: null });
  const { transporter } = await authClient.getClient();
  if (before === undefined) delete process.env.GOOGLE_APPLICATION_CREDENTIALS;
  else process.env.GOOGLE_APPLICATION_CREDENTIALS = before;
  const endpoint = await listen((_, response) => {
    response.writeHead(307, { location: `${other.url}/token` }).end();
  });
  await expect(transporter.request({ url: endpoint.url, retry: false })).rejects.toThrow();
  await endpoint.close();
  expect(endpoint.heard).toHaveLength(1);
  expect(other.heard).toEqual([]);
});
