import { createServer } from 'node:http';
import type { ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { gzipSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { SourceError } from '../../../src/errors.ts';
import type { Page, Source } from '../../../src/model.ts';
import { openServiceTitan } from '../../../src/sources/servicetitan/index.ts';
import {
  hostileBody,
  objectOf,
  objectText,
  toStoredLine,
  valueText,
} from '../../support/hostile-json.ts';
import { entityOf, secrets } from '../support/open-source.ts';

/** How an answer goes over the wire. */
type Delivery = {
  body: Buffer;
  gzip: boolean;
  /** Places at which the body is cut into pieces that are sent one by one. */
  cuts: number[];
  /** The connection breaks after this many bytes; null: never. */
  breakAt: number | null;
  /** What is sent ends after this many bytes, and the connection well; null: it is whole. */
  endAt: number | null;
};

let delivery: Delivery;
let source: Source;
const server = createServer((request, response) => {
  request.resume();
  if (request.url?.startsWith('/token') === true) {
    response.end('{"access_token":"token","expires_in":86400}');
    return;
  }
  void deliver(response);
});

const deliver = async (response: ServerResponse): Promise<void> => {
  const { body, gzip, cuts, breakAt, endAt } = delivery;
  const bytes = (gzip ? gzipSync(body) : body).subarray(0, endAt ?? undefined);
  const end = breakAt === null ? bytes.length : Math.min(breakAt, bytes.length);
  response.writeHead(200, gzip ? { 'content-encoding': 'gzip' } : {});
  const places = [...new Set([0, ...cuts.map((cut) => cut % (end + 1)), end])].sort(
    (a, b) => a - b,
  );
  for (const [index, from] of places.entries()) {
    const to = places[index + 1] ?? end;
    if (to > from) {
      response.write(bytes.subarray(from, to));
      await new Promise((resolve) => setImmediate(resolve));
    }
  }
  if (breakAt === null) response.end();
  else response.destroy();
};

beforeAll(async () => {
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  source = openServiceTitan({
    ...secrets,
    ...{ baseUrl: url, authUrl: `${url}/token`, tenantId: '42', requestsPerSecond: 100_000 },
    sleep: () => Promise.resolve(),
    limits: { requestAttemptsMax: 2, requestTimeoutMs: 20_000 },
  });
});

afterAll(async () => {
  await source.close();
  server.closeAllConnections();
  server.close();
});

/** The page that the source makes of a delivery; null where it refuses. Anything else is a bug, and thrown. */
const readPage = async (given: Partial<Delivery> & { body: Buffer }): Promise<Page | null> => {
  delivery = { gzip: false, cuts: [], breakAt: null, endAt: null, ...given };
  try {
    return await source.readPage(entityOf(source, 'jobs'), { kind: 'feed', from: null }, null);
  } catch (error) {
    if (error instanceof SourceError) return null;
    throw error;
  }
};

const page = fc
  .tuple(
    fc.array(objectText, { maxLength: 5 }),
    fc.array(fc.tuple(fc.constant('"x"'), valueText), { maxLength: 2 }),
  )
  .map(([records, more]) => ({
    records,
    body: Buffer.from(
      objectOf([
        ['"hasMore"', 'false'],
        ...more,
        ['"data"', `[${records.join(',')}]`],
        ['"continueFrom"', '"t"'],
      ]),
    ),
  }));
const cuts = fc.array(fc.nat(5_000), { maxLength: 6 });

describe('the page reader, over a real connection', () => {
  test('gives the records as they were sent, in whatever pieces they come, packed or not', async () => {
    await fc.assert(
      fc.asyncProperty(page, cuts, fc.boolean(), async ({ body, records }, places, gzip) => {
        const read = await readPage({ body, cuts: places, gzip });
        expect(read?.lines.toString()).toBe(
          records.map((one) => `${toStoredLine(one)}\n`).join(''),
        );
        expect(read).toMatchObject({ rows: records.length, done: true });
      }),
      { numRuns: 100 },
    );
  });

  test('refuses what broke off, packed or not, and never takes a part for the whole', async () => {
    await fc.assert(
      fc.asyncProperty(
        page,
        cuts,
        fc.boolean(),
        fc.nat(5_000),
        async ({ body }, places, gzip, at) => {
          const size = gzip ? gzipSync(body).length : body.length;
          expect(await readPage({ body, cuts: places, gzip, breakAt: at % size })).toBeNull();
        },
      ),
      { numRuns: 60 },
    );
  });

  test('refuses a packed body that ends early though the connection ends well', async () => {
    await fc.assert(
      fc.asyncProperty(page, fc.nat(5_000), async ({ body }, at) => {
        const endAt = at % gzipSync(body).length;
        expect(await readPage({ body, gzip: true, endAt })).toBeNull();
      }),
      { numRuns: 40 },
    );
  });

  test('gives the records of any envelope, or refuses it', async () => {
    await fc.assert(
      fc.asyncProperty(hostileBody, async ({ text, records }) => {
        const read = await readPage({ body: Buffer.from(text) });
        if (read !== null) {
          expect(read.lines.toString()).toBe(
            records.map((one) => `${toStoredLine(one)}\n`).join(''),
          );
        }
      }),
      { numRuns: 100 },
    );
  });

  test('refuses any other bytes', async () => {
    await fc.assert(
      fc.asyncProperty(fc.uint8Array({ maxLength: 300 }), async (bytes) => {
        expect(await readPage({ body: Buffer.from(bytes) })).toBeNull();
      }),
      { numRuns: 40 },
    );
  });
});
