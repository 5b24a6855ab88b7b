import type { Read, Source } from '../../../src/model.ts';
import { emptyPagesMax, idsPerRequestMax } from '../../../src/limits.ts';
import {
  entityOf,
  feedBody,
  idsOf,
  listBody,
  openSource,
  readAll,
  sourceErrorOf,
  token,
} from '../support/open-source.ts';
import { startScriptedServer } from '../support/scripted-server.ts';
import type { Expected, Reply, ScriptedServer } from '../support/scripted-server.ts';

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

const feed = (name: string, query: Record<string, string>, reply: Reply): Expected => ({
  path: `/${name}`,
  query,
  reply,
});

const items = 'accounting/v2/tenant/42/export/invoice-items';
const all: Read = { kind: 'feed', from: null };

test('a feed is followed by its token, and ends where the next sync starts', async () => {
  server.expect(
    feed(items, {}, feedBody([{ id: 1 }], 'a+b=', true)),
    feed(items, { from: 'a+b=' }, feedBody([{ id: 2 }], 'c')),
  );
  const pages = await readAll(source, 'invoice-items', all);
  expect(idsOf(pages)).toEqual([1, 2]);
  expect(pages.at(-1)).toMatchObject({ done: true, position: { token: 'c' }, scope: null });

  server.expect(feed(items, { from: 'c' }, feedBody([], 'c')));
  const [next] = await readAll(source, 'invoice-items', all, pages.at(-1)?.position ?? null);
  expect(next).toMatchObject({ done: true, rows: 0, position: { token: 'c' } });
});

test('a feed starts at a date, and at the token once there is one', async () => {
  const read: Read = { kind: 'feed', from: '2024-03-01T00:00:00.000Z' };
  server.expect(
    feed(items, { from: '2024-03-01T00:00:00.000Z' }, feedBody([], null)),
    feed(items, { from: '2024-03-01T00:00:00.000Z' }, feedBody([], 'a')),
    feed(items, { from: 'a' }, feedBody([], 'a')),
  );
  const [first] = await readAll(source, 'invoice-items', read);
  expect(first).toMatchObject({ done: true, position: { token: null } });
  const [second] = await readAll(source, 'invoice-items', read, first?.position ?? null);
  await readAll(source, 'invoice-items', read, second?.position ?? null);
});

test('an export that would hide inactive rows is asked for all', async () => {
  server.expect(feed('jpm/v2/tenant/42/export/appointments', { active: 'Any' }, feedBody([], 'a')));
  await readAll(source, 'appointments', all);
});

test('a token that repeats with or without rows ends in an error', async () => {
  for (const rows of [[{ id: 1 }], []]) {
    for (let i = 0; i < emptyPagesMax; i += 1) {
      server.expect(feed(items, { from: 'a' }, feedBody(rows, 'a', true)));
    }
    const error = await sourceErrorOf(readAll(source, 'invoice-items', all, { token: 'a' }));
    expect(error.message).toContain('did not move on');
  }
});

test('a feed that pauses and then moves on is read on', async () => {
  server.expect(
    feed(items, { from: 'a' }, feedBody([], 'a', true)),
    feed(items, { from: 'a' }, feedBody([{ id: 1 }], 'b', true)),
    feed(items, { from: 'b' }, feedBody([], 'b')),
  );
  const pages = await readAll(source, 'invoice-items', all, { token: 'a' });
  expect(pages.at(-1)?.position).toEqual({ token: 'b' });
});

test('more without a token to ask for it is asked again, then an error', async () => {
  server.expect(
    ...Array.from({ length: 3 }, () => feed(items, {}, feedBody([{ id: 1 }], null, true))),
  );
  const error = await sourceErrorOf(readAll(source, 'invoice-items', all));
  expect(error.message).toContain('not what the endpoint documents');
});

describe('read by sets', () => {
  const changes = 'payroll/v2/tenant/42/export/gross-pay-items';
  const list = '/payroll/v2/tenant/42/gross-pay-items';
  const read: Read = { kind: 'sets', from: '2024-03-01T00:00:00.000Z' };

  const group = (payrollIds: string, page: number, reply: Reply): Expected => ({
    path: list,
    query: {
      payrollIds,
      sort: '+CreatedOn',
      page: String(page),
      pageSize: '5000',
      includeTotal: 'true',
    },
    reply,
  });

  test('nothing changed is one request', async () => {
    server.expect(feed(changes, { from: 't' }, feedBody([], 't')));
    const pages = await readAll(source, 'payroll', read, { token: 't' });
    expect(pages).toHaveLength(1);
    expect(pages[0]).toMatchObject({ rows: 0, done: true, scope: null, position: { token: 't' } });
  });

  test('the changed sets are read whole, and only their rows are stored', async () => {
    server.expect(
      feed(
        changes,
        { from: '2024-03-01T00:00:00.000Z' },
        feedBody([{ id: null, payrollId: 7 }, { payrollId: null }, {}], 't', true),
      ),
      feed(changes, { from: 't' }, feedBody([{ payrollId: 7 }, { payrollId: 8 }], 'u')),
      group('7,8', 1, listBody([{ id: 1 }], { hasMore: true, totalCount: 2 })),
      group('7,8', 2, listBody([{ id: 2 }], { page: 2, totalCount: 2 })),
    );
    const pages = await readAll(source, 'payroll', read);
    expect(idsOf(pages)).toEqual([1, 2]);
    const scope = { kind: 'values', column: 'payrollId', values: ['7', '8'] };
    expect(pages.map((page) => page.scope)).toEqual([null, null, null, scope]);
    expect(pages.map(({ done }) => done)).toEqual([false, false, false, true]);
    expect(pages.at(-1)?.position).toEqual({ token: 'u' });
  });

  test('many sets are read in groups, each complete by itself', async () => {
    const ids = Array.from({ length: idsPerRequestMax + 1 }, (_, i) => String(i + 1));
    const rows = ids.map((payrollId) => ({ payrollId: Number(payrollId) }));
    server.expect(
      feed(changes, { from: 't' }, feedBody(rows, 'u')),
      group(ids.slice(0, -1).join(), 1, listBody([{ id: 1 }])),
      group(ids.slice(-1).join(), 1, listBody([])),
    );
    const pages = await readAll(source, 'payroll', read, { token: 't' });
    expect(pages.map(({ scope }) => scope)).toEqual([
      null,
      { kind: 'values', column: 'payrollId', values: ids.slice(0, -1) },
      { kind: 'values', column: 'payrollId', values: ids.slice(-1) },
    ]);
    expect(pages.at(-1)?.position).toEqual({ token: 'u' });
  });

  test('a group that moved is read again, from its own start', async () => {
    server.expect(
      feed(changes, { from: 't' }, feedBody([{ payrollId: 7 }], 'u')),
      group('7', 1, listBody([{ id: 1 }], { hasMore: true, totalCount: 3 })),
      group('7', 2, listBody([{ id: 3 }], { page: 2, totalCount: 3 })),
      group('7', 1, listBody([{ id: 1 }], { hasMore: true, totalCount: 2 })),
      group('7', 2, listBody([{ id: 3 }], { page: 2, totalCount: 2 })),
    );
    const pages = await readAll(source, 'payroll', read, { token: 't' });
    expect(pages.map(({ again }) => again ?? false)).toEqual([false, false, true, false, false]);
  });

  test('a read that was broken off goes on from its position', async () => {
    const entity = entityOf(source, 'payroll');
    server.expect(
      feed(changes, { from: 't' }, feedBody([{ payrollId: 7 }], 'u', true)),
      feed(changes, { from: 'u' }, feedBody([{ payrollId: 8 }], 'v')),
    );
    const first = await source.readPage(entity, read, { token: 't' });
    expect(first.position).toEqual({ token: 'u', values: ['7'] });
    const second = await source.readPage(entity, read, first.position);
    server.expect(group('7,8', 1, listBody([])), group('7,8', 1, listBody([])));
    expect(await source.readPage(entity, read, second.position)).toMatchObject({ done: true });
    expect(await source.readPage(entity, read, second.position)).toMatchObject({ done: true });
  });
});
