import type { Read, Source } from '../../../src/model.ts';
import { emptyPagesMax, setReadsMax } from '../../../src/limits.ts';
import type { ServiceTitanEntity } from '../../../src/sources/servicetitan/entity.ts';
import type { ServiceTitanSettings } from '../../../src/sources/servicetitan/index.ts';
import {
  entityOf,
  idsOf,
  listBody,
  openSource,
  readAll,
  sourceErrorOf,
  token,
} from '../support/open-source.ts';
import { startScriptedServer } from '../support/scripted-server.ts';
import type { Expected, Reply, ScriptedServer } from '../support/scripted-server.ts';

const window = { from: '2024-03-01T00:00:00.000Z', to: '2024-04-01T00:00:00.000Z' };
const march: Read = { kind: 'window', window };
const jobs = '/jpm/v2/tenant/42/jobs';

let server: ScriptedServer;
let source: Source;

beforeEach(async () => {
  server = await startScriptedServer();
  source = openSource(server);
  server.expect(token());
});

afterEach(async () => {
  await source.close();
  await server.finish();
});

const reopen = async (settings: Partial<ServiceTitanSettings>): Promise<void> => {
  await source.close();
  source = openSource(server, settings);
};

const page = (number: number, pageSize: number, reply: Reply): Expected => ({
  path: jobs,
  query: {
    sort: '+Id',
    createdOnOrAfter: window.from,
    createdBefore: window.to,
    page: String(number),
    pageSize: String(pageSize),
    includeTotal: 'true',
  },
  headers: { authorization: 'Bearer token-1', 'st-app-key': 'ak1.very-secret-key' },
  reply,
});

const rows = (from: number, to: number): { id: number }[] =>
  Array.from({ length: to - from + 1 }, (_, i) => ({ id: from + i }));

const more = { hasMore: true };

test('pages are read until hasMore is false', async () => {
  server.expect(
    page(1, 5000, listBody(rows(1, 3), { ...more, totalCount: 5 })),
    page(2, 5000, listBody(rows(4, 5), { page: 2, totalCount: 5 })),
  );
  const pages = await readAll(source, 'jobs', march);
  expect(idsOf(pages)).toEqual([1, 2, 3, 4, 5]);
  expect(pages[1]).toMatchObject({
    rows: 2,
    done: true,
    scope: null,
    position: null,
    extractedAt: '2024-05-01T12:00:00.000Z',
  });
});

test('records are carried as the bytes received', async () => {
  const record = '{ "id":1,  "total":1.10000000000000000001, "note":"\\u00e9 ü" }';
  const body = `{"page":1,"hasMore":false,"totalCount":1,"data":[${record}]}`;
  server.expect(page(1, 5000, { body }));
  const [first] = await readAll(source, 'jobs', march);
  expect(first?.lines.toString()).toBe(`${record}\n`);
});

test('a set that shrinks or grows while it is paged is read again', async () => {
  server.expect(
    page(1, 5000, listBody(rows(1, 3), { ...more, totalCount: 5 })),
    page(2, 5000, listBody(rows(5, 5), { page: 2, totalCount: 4 })),
    page(1, 5000, listBody(rows(1, 3), { ...more, totalCount: 4 })),
    page(2, 5000, listBody(rows(4, 5), { page: 2, totalCount: 4 })),
    page(1, 5000, listBody(rows(1, 3), { ...more, totalCount: 4 })),
    page(2, 5000, listBody(rows(4, 4), { page: 2, totalCount: 4 })),
  );
  const pages = await readAll(source, 'jobs', march);
  expect(pages.map(({ again, rows: count }) => [again, count])).toEqual([
    [undefined, 3],
    [true, 0],
    [undefined, 3],
    [true, 0],
    [undefined, 3],
    [undefined, 1],
  ]);
});

test('a set that never holds still is an error', async () => {
  for (let i = 0; i < setReadsMax; i += 1) {
    server.expect(
      page(1, 5000, listBody(rows(1, 3), { ...more, totalCount: 5 })),
      page(2, 5000, listBody(rows(5, 5), { page: 2, totalCount: 4 })),
    );
  }
  const error = await sourceErrorOf(readAll(source, 'jobs', march));
  expect(error.message).toMatch(/^Cannot read jobs 2024-03-01\.\.2024-04-01: rows came or went/);
});

test('without a total the rows are taken as they come', async () => {
  server.expect(
    page(1, 5000, listBody(rows(1, 3), { ...more, totalCount: null })),
    page(2, 5000, listBody(rows(5, 5), { page: 2, totalCount: null })),
  );
  expect(idsOf(await readAll(source, 'jobs', march))).toEqual([1, 2, 3, 5]);
});

test('an empty page that promises more is followed', async () => {
  server.expect(
    page(1, 5000, listBody([], { ...more, totalCount: 1 })),
    page(2, 5000, listBody(rows(1, 1), { page: 2, totalCount: 1 })),
  );
  expect(idsOf(await readAll(source, 'jobs', march))).toEqual([1]);
});

test('empty pages that promise more for ever are an error', async () => {
  for (let i = 1; i <= emptyPagesMax; i += 1) {
    server.expect(page(i, 5000, listBody([], { ...more, page: i, totalCount: null })));
  }
  const error = await sourceErrorOf(readAll(source, 'jobs', march));
  expect(error.message).toContain('empty pages in a row');
});

test('a page that times out is asked for at half the size, and so is the rest', async () => {
  await reopen({ limits: { requestTimeoutMs: 500 } });
  server.expect(
    page(1, 5000, listBody(rows(1, 5), { ...more, totalCount: 8 })),
    page(2, 5000, { act: () => undefined }),
    page(3, 2500, listBody(rows(6, 7), { ...more, page: 3, pageSize: 2500, totalCount: 8 })),
    page(4, 2500, listBody(rows(8, 8), { page: 4, pageSize: 2500, totalCount: 8 })),
  );
  expect(idsOf(await readAll(source, 'jobs', march))).toEqual(rows(1, 8).map(({ id }) => id));
});

test('a page that is too large is asked for at half the size', async () => {
  await reopen({ limits: { responseBytesMax: 400 } });
  server.expect(
    page(1, 5000, listBody([{ id: 1, note: 'a'.repeat(500) }])),
    page(1, 2500, listBody(rows(1, 2), { pageSize: 2500 })),
  );
  expect(idsOf(await readAll(source, 'jobs', march))).toEqual([1, 2]);
});

test('a page that times out at every size is an error', async () => {
  await reopen({ limits: { requestTimeoutMs: 400 } });
  const never: Reply = { act: () => undefined };
  server.expect(
    ...[5000, 2500, 1250, 625, 125, 125, 125].map((pageSize) => page(1, pageSize, never)),
  );
  const error = await sourceErrorOf(readAll(source, 'jobs', march));
  expect(error.message).toMatch(/no whole answer in time at each of 3 attempts/);
});

test('a server that caps the page size is paged by its own', async () => {
  server.expect(
    page(1, 5000, listBody(rows(1, 5), { ...more, pageSize: 500, totalCount: 6 })),
    page(2, 500, listBody(rows(6, 6), { page: 2, pageSize: 500, totalCount: 6 })),
  );
  expect(idsOf(await readAll(source, 'jobs', march))).toEqual([1, 2, 3, 4, 5, 6]);
});

test('another page than the one asked for is asked for again', async () => {
  server.expect(
    page(1, 5000, listBody(rows(1, 5), { page: 7 })),
    page(1, 5000, listBody(rows(1, 1))),
  );
  expect(idsOf(await readAll(source, 'jobs', march))).toEqual([1]);
});

test('a list read whole replaces everything with its last page', async () => {
  const path = '/marketing/v2/tenant/42/campaigns';
  server.expect(
    { path, reply: listBody(rows(1, 2), { ...more, totalCount: 3 }) },
    { path, reply: listBody(rows(3, 3), { page: 2, totalCount: 3 }) },
  );
  const pages = await readAll(source, 'campaigns', { kind: 'whole' });
  expect(pages.map(({ scope }) => scope)).toEqual([null, { kind: 'all' }]);
});

test('a window of gross pay items replaces its days', async () => {
  server.expect({ path: '/payroll/v2/tenant/42/gross-pay-items', reply: listBody([]) });
  const [only] = await readAll(source, 'payroll', march);
  expect(only).toMatchObject({
    rows: 0,
    done: true,
    scope: { kind: 'range', column: 'date', window },
  });
});

test('pay rates and private contacts are dropped', async () => {
  const technician = { id: 1, hourlyRate: 30, home: { street: 'x' }, name: 'n', password: 'p' };
  server.expect({ path: '/settings/v2/tenant/42/technicians', reply: listBody([technician]) });
  const [only] = await readAll(source, 'technicians', { kind: 'whole' });
  expect(only?.lines.toString()).toBe('{"id":1,"name":"n"}\n');
});

describe('a list without a stable order', () => {
  const path = '/settings/v2/tenant/42/technicians';
  const whole: Read = { kind: 'whole' };
  const reading = (first: unknown[], second: unknown[], totalCount: number): Expected[] => [
    { path, reply: listBody(first, { ...more, totalCount }) },
    { path, reply: listBody(second, { page: 2, totalCount }) },
  ];

  test('is read again when a row came twice and another not at all', async () => {
    server.expect(
      ...reading(rows(1, 3), rows(3, 4), 5),
      ...reading([{ id: 2 }, { id: 1 }, { id: 5 }], rows(3, 4), 5),
    );
    const pages = await readAll(source, 'technicians', whole);
    expect(pages.map(({ again, rows: count }) => [again, count])).toEqual([
      [undefined, 3],
      [true, 0],
      [undefined, 3],
      [undefined, 2],
    ]);
    expect(pages.at(-1)).toMatchObject({ done: true, scope: { kind: 'all' } });
  });

  test('is complete when every id came, some of them twice', async () => {
    server.expect(...reading(rows(1, 3), rows(3, 5), 5));
    expect(idsOf(await readAll(source, 'technicians', whole))).toEqual([1, 2, 3, 3, 4, 5]);
  });

  test('rows without an id count, each as its own', async () => {
    server.expect(...reading([{ id: 1 }, { id: null }], [{ name: 'x' }, { id: 2 }], 4));
    expect(await readAll(source, 'technicians', whole)).toHaveLength(2);
  });

  test('is an error when no reading is complete', async () => {
    for (let i = 0; i < setReadsMax; i += 1) {
      server.expect(...reading(rows(1, 3), rows(3, 4), 5));
    }
    const error = await sourceErrorOf(readAll(source, 'technicians', whole));
    expect(error.message).toBe(
      'Cannot read technicians: the list has no stable order and the set could not be read completely in ' +
        `${setReadsMax} readings; run the command again`,
    );
  });

  test('carries ids only from page to page, and a sorted one none', async () => {
    server.expect(
      { path, reply: listBody(rows(1, 2), { ...more, totalCount: 3 }) },
      page(1, 5000, listBody(rows(1, 2), { ...more, totalCount: 3 })),
    );
    const unsorted = await source.readPage(entityOf(source, 'technicians'), whole, null);
    const sorted = await source.readPage(entityOf(source, 'jobs'), march, null);
    expect(unsorted.position).toMatchObject({ page: 2, ids: ['1', '2'] });
    expect(sorted.position).not.toHaveProperty('ids');
  });

  test('a position stored half-way without ids is read again from the start', async () => {
    const [, second] = reading([], rows(4, 5), 5);
    if (second !== undefined) server.expect(second);
    const position = { page: 2, pageSize: 5000, rows: 3, attempt: 1, empty: 0 };
    const totals = { totalFirst: 5, totalLast: 5 };
    const technicians = entityOf(source, 'technicians');
    const answer = await source.readPage(technicians, whole, { ...position, ...totals });
    expect(answer).toMatchObject({ again: true, rows: 0, position: { page: 1, attempt: 2 } });
  });
});

const things: ServiceTitanEntity = {
  name: 'things',
  scope: 'tn.x.things:r',
  list: { path: '/x/v2/tenant/{tenant}/things', parameters: ['modifiedOnOrAfter'], send: {} },
  backfill: { by: 'whole' },
  sync: { by: 'modified', from: 'modifiedOnOrAfter' },
  fields: { id: 'int64' },
};

describe('read by modification', () => {
  const read: Read = { kind: 'modified', window };
  const path = '/x/v2/tenant/42/things';

  beforeEach(async () => {
    await reopen({ contracts: [things] });
  });

  test('the set may grow', async () => {
    const list = {
      path: '/x/v2/tenant/{tenant}/things',
      parameters: ['modifiedOnOrAfter', 'sort'],
    };
    await reopen({ contracts: [{ ...things, list: { ...list, send: { sort: '+Id' } } }] });
    server.expect(
      { path, reply: listBody(rows(1, 3), { ...more, totalCount: 4 }) },
      { path, reply: listBody(rows(3, 4), { page: 2, totalCount: 6 }) },
    );
    const pages = await readAll(source, 'things', read);
    expect(idsOf(pages)).toEqual([1, 2, 3, 3, 4]);
    expect(pages.at(-1)?.scope).toBeNull();
  });

  test('without an order all rows of the set as it has grown must come', async () => {
    server.expect(
      { path, reply: listBody(rows(1, 3), { ...more, totalCount: 4 }) },
      { path, reply: listBody(rows(5, 5), { page: 2, totalCount: 5 }) },
      { path, reply: listBody(rows(1, 3), { ...more, totalCount: 5 }) },
      { path, reply: listBody(rows(4, 5), { page: 2, totalCount: 5 }) },
    );
    const pages = await readAll(source, 'things', read);
    expect(pages.map(({ again }) => again)).toEqual([undefined, true, undefined, undefined]);
  });

  test('a set that shrinks is read again', async () => {
    server.expect(
      { path, reply: listBody(rows(1, 3), { ...more, totalCount: 5 }) },
      { path, reply: listBody(rows(5, 5), { page: 2, totalCount: 4 }) },
    );
    const entity = entityOf(source, 'things');
    const first = await source.readPage(entity, read, null);
    const second = await source.readPage(entity, read, first.position);
    expect(second).toMatchObject({ again: true, rows: 0, done: false, scope: null });
  });
});

test('a position that is none of ours is a bug', async () => {
  const entity = entityOf(source, 'jobs');
  await expect(source.readPage(entity, march, { page: 'x' })).rejects.toThrow('stored position');
  server.withdraw();
});
