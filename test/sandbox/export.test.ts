import { asText, idsOf, openBench, parseAll, readFeed, readList } from './client.ts';
import type { Bench } from './client.ts';

let bench: Bench;
beforeEach(async () => {
  bench = await openBench({ exportPageSize: 200 });
});
afterEach(() => bench.close());

test('an export gives every record once, inactive ones too, in pages of the server', async () => {
  const { rows, pages } = await readFeed(bench, 'jobs');
  expect(pages).toBeGreaterThan(2);
  expect(new Set(idsOf(rows)).size).toBe(rows.length);
  const byId = [...rows].sort((a, b) => Number(a.id) - Number(b.id));
  expect(byId).toEqual(parseAll(bench.sandbox.truth('jobs', 'export')));
  expect(rows.some(({ active }) => active === false)).toBe(true);
});

test('a token can be used again, is of one endpoint only, and stays good when nothing is new', async () => {
  const first = await bench.export('jobs');
  const token = asText(first.body.continueFrom);
  const again = await bench.export('jobs', { from: token });
  expect(idsOf((await bench.export('jobs', { from: token })).data).slice(0, 100)).toEqual(
    idsOf(again.data).slice(0, 100),
  );
  expect((await bench.export('estimates', { from: token })).status).toBe(400);
  expect((await bench.export('jobs', { from: 'garbled' })).status).toBe(400);
  const { token: end } = await readFeed(bench, 'jobs');
  const idle = await readFeed(bench, 'jobs', end);
  expect(idle.rows).toEqual([]);
  expect((await readFeed(bench, 'jobs', idle.token)).rows).toEqual([]);
});

test('from can be a date: what was modified at or after it', async () => {
  const { rows } = await readFeed(bench, 'jobs', '2025-01-01');
  const expected = parseAll(bench.sandbox.truth('jobs', 'export')).filter(
    ({ modifiedOn }) => asText(modifiedOn) >= '2025-01-01',
  );
  expect(idsOf(rows).sort()).toEqual(idsOf(expected).sort());
});

test('changes of the last fifteen minutes are held back, unless recent ones are asked for', async () => {
  const { token } = await readFeed(bench, 'jobs');
  bench.sandbox.addFault({ kind: 'move', entity: 'jobs', change: 'modify', times: 1 });
  await bench.list('jobs');
  expect((await readFeed(bench, 'jobs', token)).rows).toEqual([]);
  const recent = { includeRecentChanges: 'true' };
  const first = await readFeed(bench, 'jobs', token, recent);
  const second = await readFeed(bench, 'jobs', first.token, recent);
  expect(first.rows).toHaveLength(1);
  expect(second.rows).toEqual(first.rows);
  bench.clock.ms += 15 * 60_000 + 1;
  await bench.token();
  expect((await readFeed(bench, 'jobs', first.token)).rows).toEqual(first.rows);
  expect((await readFeed(bench, 'jobs', first.token, recent)).rows).toEqual(first.rows);
});

test('the appointment export is narrowed by active only when asked', async () => {
  const { rows } = await readFeed(bench, 'appointments');
  expect(rows).toHaveLength(bench.sandbox.counts().appointments ?? 0);
  const active = await readFeed(bench, 'appointments', undefined, { active: 'True' });
  expect(active.rows).toHaveLength(rows.filter((row) => row.active === true).length);
});

test('a removed record comes once more with active false and is gone from the list', async () => {
  const { token } = await readFeed(bench, 'customers');
  const before = await readList(bench, 'customers', { active: 'Any' });
  bench.sandbox.addFault({ kind: 'move', entity: 'customers', change: 'remove', times: 1 });
  const after = await readList(bench, 'customers', { active: 'Any' });
  bench.clock.ms += 3_600_000;
  await bench.token();
  const { rows } = await readFeed(bench, 'customers', token);
  expect(after).toHaveLength(before.length - 1);
  expect(rows).toMatchObject([{ active: false }]);
  expect(idsOf(after)).not.toContain(rows[0]?.id);
  expect(bench.sandbox.counts().customers).toBe(after.length);
});
