import type { Read, Source } from '../../../src/model.ts';
import { idsOf, listBody, openSource, readAll, token } from '../support/open-source.ts';
import { startScriptedServer } from '../support/scripted-server.ts';
import type { Expected, Reply, ScriptedServer } from '../support/scripted-server.ts';

const window = { from: '2024-03-01T00:00:00.000Z', to: '2024-04-01T00:00:00.000Z' };
const march: Read = { kind: 'window', window };

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

const page = (number: number, pageSize: number, reply: Reply): Expected => ({
  path: '/jpm/v2/tenant/42/jobs',
  query: {
    sort: '+Id',
    createdOnOrAfter: window.from,
    createdBefore: window.to,
    page: String(number),
    pageSize: String(pageSize),
    includeTotal: 'true',
  },
  reply,
});

const rows = (from: number, to: number): { id: number }[] =>
  Array.from({ length: to - from + 1 }, (_, i) => ({ id: from + i }));

test('pages of heavy records are smaller from the next one on, in every window', async () => {
  const heavy = rows(1, 5000).map((row) => ({ ...row, summary: 'a'.repeat(3000) }));
  server.expect(
    page(1, 5000, listBody(heavy, { hasMore: true, totalCount: 5001 })),
    page(3, 2500, listBody(rows(5001, 5001), { page: 3, pageSize: 2500, totalCount: 5001 })),
    page(1, 2500, listBody([], { pageSize: 2500 })),
  );
  expect(idsOf(await readAll(source, 'jobs', march))).toHaveLength(5001);
  expect(idsOf(await readAll(source, 'jobs', march))).toEqual([]);
});
