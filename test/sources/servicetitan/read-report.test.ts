import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import type { Reports } from '../../../src/sources/servicetitan/reports/open-reports.ts';
import { sourceErrorOf, token } from '../support/open-source.ts';
import { createReportRig, type ReportRig } from '../support/report-rig.ts';
import {
  startScriptedServer,
  type Expected,
  type Reply,
  type ScriptedServer,
} from '../support/scripted-server.ts';

const root = '/reporting/v2/tenant/42';
const leads = { category: 'marketing', id: '1001' };
const path = `${root}/report-category/marketing/reports/1001`;
const fields = [
  { name: 'JobNumber', label: 'Job #' },
  { name: 'Amount', label: 'Amount' },
];

let server: ScriptedServer;
let rig: ReportRig;
let reports: Reports;

beforeEach(async () => {
  server = await startScriptedServer();
  rig = createReportRig();
  reports = rig.open(server.url);
});

afterEach(async () => {
  await reports.close();
  await server.finish();
});

type Page = { page?: number; hasMore?: boolean; totalCount?: number | null; fields?: unknown };

const bodyOf = (data: unknown[], page: Page = {}): Reply => ({
  body: { page: 1, pageSize: 1000, hasMore: false, totalCount: null, fields, ...page, data },
});

const asked = (page: number, reply: Reply): Expected => ({
  method: 'POST',
  path: `${path}/data`,
  query: { page: String(page), pageSize: '1000', includeTotal: 'true' },
  reply,
});

const refusal = (
  status: number,
  more: object = {},
  headers: Record<string, string> = {},
): Reply => ({
  status,
  headers,
  body: { title: `Refused ${status}`, status, traceId: '00-trace', errors: {}, data: {}, ...more },
});

const read = (parameters = [{ name: 'From', value: '2024-04-01' }]) =>
  reports.read(leads, parameters);

/** What no message and no log line may show. */
const content = ['Quill', '4711.25', 'very-secret'];

const messageOf = async (promise: Promise<unknown>): Promise<string> => {
  const { message } = await sourceErrorOf(promise);
  for (const text of [message, ...rig.logged]) {
    for (const secret of content) expect(text).not.toContain(secret);
  }
  return message;
};

describe('what does not pass', () => {
  test('400 names the parameters that were sent and found faulty, and nothing else of the answer', async () => {
    const errors = { From: ["The value 'Iris Quill' is not valid."], Quill: ['4711.25'] };
    server.expect(token(), asked(1, refusal(400, { errors })));
    expect(await messageOf(read())).toBe(
      'Cannot read report marketing/1001: ServiceTitan answered 400 at page 1 (trace id 00-trace); ' +
        'it does not take the parameter From as it was given; compare --param with what the report asks for',
    );
  });

  test('403 names the scope', async () => {
    server.expect(token(), asked(1, refusal(403)));
    expect(await messageOf(read())).toMatch(/answered 403 .*scope tn\.rpr\.reports:r/);
  });

  test('a report that is not there: what the category has', async () => {
    const list = { data: [{ id: 7, name: 'Leads of the week' }], page: 1, hasMore: false };
    server.expect(
      token(),
      { path, reply: refusal(404) },
      { path: `${root}/report-categories`, reply: { body: { data: [{ id: 'marketing' }] } } },
      { path: `${root}/report-category/marketing/reports`, reply: { body: list } },
    );
    expect(await messageOf(reports.describe(leads))).toBe(
      'Cannot read report marketing/1001: ServiceTitan answered 404, as the category has no report 1001 that this ' +
        'application may see; give one of: marketing/7 (Leads of the week)',
    );
  });

  test('a category that is not there: which there are', async () => {
    const categories = { data: [{ id: 'sales' }, { id: 'operations' }] };
    server.expect(
      token(),
      { path, reply: refusal(404) },
      { path: `${root}/report-categories`, reply: { body: categories } },
    );
    expect(await messageOf(reports.describe(leads))).toMatch(
      /it has no category marketing; give one of: sales, operations$/,
    );
  });

  test('a list of categories that may not be seen: its own scope', async () => {
    server.expect(
      token(),
      { path, reply: refusal(404) },
      { path: `${root}/report-categories`, reply: refusal(403) },
    );
    expect(await messageOf(reports.describe(leads))).toMatch(/tn\.rpr\.reportcategories:r/);
  });

  test('401 twice is final, once renews the token', async () => {
    server.expect(token('one'), asked(1, refusal(401)), token('two'), asked(1, refusal(401)));
    expect(await messageOf(read())).toMatch(/check ST_CLIENT_ID, ST_CLIENT_SECRET and ST_APP_KEY/);
    rig.clock.ms += 60_000;
    server.expect(asked(1, refusal(401)), token('three'), asked(1, bodyOf([['1', 2]])));
    expect(await read()).toMatchObject({ rows: [['1', '2']] });
  });

  test.each([
    ['no JSON', '{"fields": [', /was not what the endpoint documents/],
    ['no rows', { page: 1, hasMore: false, fields }, /was not what the endpoint documents/],
    ['a row of another width', bodyOf([['Quill']]), /was not what the endpoint documents/],
    ['another page', bodyOf([['1', 2]], { page: 3 }), /was not what the endpoint documents/],
    ['fields without a name', bodyOf([], { fields: [{}] }), /was not what the endpoint documents/],
  ])('%s: asked again within bounds', async (_, reply, message) => {
    await reports.close();
    reports = rig.open(server.url, { limits: { requestAttemptsMax: 2 } });
    const answer = typeof reply === 'object' && 'body' in reply ? reply : { body: reply };
    server.expect(token(), asked(1, answer), asked(1, answer));
    expect(await messageOf(read())).toMatch(message);
  });

  test('two columns of one name', async () => {
    server.expect(token(), asked(1, bodyOf([], { fields: [fields[0], fields[0]] })));
    expect(await messageOf(read())).toMatch(/two of its columns are named JobNumber/);
  });

  test('columns that change between pages', async () => {
    const other = [fields[0], { name: 'Total', label: 'Total' }];
    server.expect(
      token(),
      asked(1, bodyOf([['1', 2]], { hasMore: true })),
      asked(2, bodyOf([['2', 2]], { page: 2, fields: other })),
    );
    expect(await messageOf(read())).toMatch(/its columns changed while it was read; run/);
  });

  test('fewer rows than the report says it has, and more', async () => {
    server.expect(token(), asked(1, bodyOf([['1', 2]], { totalCount: 2 })));
    expect(await messageOf(read())).toMatch(/gave 1 rows and said that it has 2; it moved/);
    server.expect(
      asked(1, bodyOf([['1', 2]], { totalCount: 2, hasMore: true })),
      asked(
        2,
        bodyOf(
          [
            ['1', 2],
            ['2', 2],
          ],
          { page: 2, totalCount: 2, hasMore: true },
        ),
      ),
    );
    expect(await messageOf(read())).toMatch(/gave 3 rows and said that it has 2; it moved/);
  });

  test('pages without rows that promise more for ever', async () => {
    server.expect(token());
    for (let page = 1; page <= 21; page += 1) {
      server.expect(asked(page, bodyOf([], { page, hasMore: true })));
    }
    expect(await messageOf(read())).toMatch(/21 pages in a row brought no rows/);
  });

  test('pages that go on for ever', async () => {
    server.expect(token());
    for (let page = 1; page <= 1000; page += 1) {
      server.expect(asked(page, bodyOf([['1', 2]], { page, hasMore: true })));
    }
    expect(await messageOf(read())).toMatch(/more than 1000 pages; ask for a shorter period/);
  }, 30_000);

  test('maintenance that does not end', async () => {
    server.expect(token());
    for (let time = 0; time <= 10; time += 1) server.expect(asked(1, refusal(409)));
    expect(await messageOf(read())).toMatch(
      /answered 409 at page 1 at each of 11 attempts .*suspended for maintenance/,
    );
    expect(rig.waitsMs).toEqual(Array(10).fill(60_000));
  });

  test('a wait that is too long to obey', async () => {
    server.expect(token(), asked(1, refusal(429, {}, { 'retry-after': '3600' })));
    expect(await messageOf(read())).toMatch(/answered 429 and asks to wait 3600 s/);
    expect(rig.waitsMs).toEqual([]);
  });
});

describe('what passes', () => {
  test('429 is waited for as Retry-After says, or else the title', async () => {
    const title = 'Rate limit is exceeded. Try again in 48 seconds.';
    server.expect(
      token(),
      asked(1, refusal(429, {}, { 'retry-after': '17' })),
      asked(1, refusal(429, { title })),
      asked(1, bodyOf([['1', 2]])),
    );
    expect((await read()).rows).toEqual([['1', '2']]);
    expect(rig.waitsMs.reduce((sum, ms) => sum + ms, 0)).toBe(65_000);
  });

  test('maintenance is waited for', async () => {
    server.expect(token(), asked(1, refusal(409)), asked(1, refusal(409)), asked(1, bodyOf([])));
    expect((await read()).rows).toEqual([]);
    expect(rig.waitsMs).toEqual([60_000, 60_000]);
    expect(rig.logged.join()).toMatch(/suspended for maintenance, waiting/);
  });

  test('a lost connection', async () => {
    const lost: Reply = { act: (response) => response.destroy() };
    server.expect(token(), asked(1, lost), asked(1, bodyOf([['1', 2]])));
    expect((await read()).rows).toEqual([['1', '2']]);
  });

  test('the next run of a report waits for its minute, another report does not', async () => {
    const other = `${root}/report-category/sales/reports/1101/data`;
    server.expect(token(), asked(1, bodyOf([])), asked(1, bodyOf([])));
    server.expect({ method: 'POST', path: other, reply: bodyOf([]) });
    await read();
    await reports.read({ category: 'sales', id: '1101' }, []);
    expect(rig.waitsMs).toEqual([]);
    rig.clock.ms += 20_000;
    await read();
    expect(rig.waitsMs).toEqual([40_000]);
  });
});

describe('what a run gives', () => {
  test('the parameters go out as they are, the numbers come back as they were written', async () => {
    const body =
      '{"page":1,"pageSize":1000,"hasMore":false,"totalCount":null,"fields":[{"name":"a"},{"name":"b","label":"B"}],' +
      '"data":[["007",1234.5600],[12345678901234567890,-1.25e3],["1e3",null],[true,{"x":[1.50]}]]}';
    server.expect(token(), asked(1, { body }));
    const parameters = [{ name: 'BusinessUnitIds', value: [301, 302] }];
    expect(await reports.read(leads, parameters)).toEqual({
      fields: [
        { name: 'a', label: '' },
        { name: 'b', label: 'B' },
      ],
      rows: [
        ['007', '1234.5600'],
        ['12345678901234567890', '-1250'],
        ['1e3', null],
        ['true', '{"x":["1.50"]}'],
      ],
    });
    expect(JSON.parse(server.received[1]?.body ?? '')).toEqual({ parameters });
    expect(server.received[1]?.headers['content-type']).toBe('application/json');
  });

  test('rows keep the order of the first page’s fields when a later page has another', async () => {
    server.expect(
      token(),
      asked(1, bodyOf([['1', 10]], { hasMore: true, totalCount: 2 })),
      asked(2, bodyOf([[20, '2']], { page: 2, totalCount: 2, fields: [...fields].reverse() })),
    );
    expect(await read()).toEqual({
      fields,
      rows: [
        ['1', '10'],
        ['2', '20'],
      ],
    });
  });
});
