import { entities } from '../../src/sources/servicetitan/entities/index.ts';
import { asText, idsOf, openBench, parseAll, readFeed, readList } from './client.ts';
import type { Bench, Body } from './client.ts';

let bench: Bench;
beforeEach(async () => {
  bench = await openBench({ scale: 0.003 });
});
afterEach(() => bench.close());

const exported = entities.filter((entity) => entity.export !== undefined);

test('who follows the exports knows everything after each advance', async () => {
  const known = new Map<string, Map<unknown, Body>>();
  const tokens = new Map<string, string>();
  const follow = async () => {
    for (const { name } of exported) {
      const { rows, token } = await readFeed(bench, name, tokens.get(name));
      tokens.set(name, token);
      const held = known.get(name) ?? new Map<unknown, Body>();
      for (const row of rows) held.set(row.id, row);
      known.set(name, held);
    }
  };
  await follow();
  for (const hours of [24, 500]) {
    bench.sandbox.advance({ hours });
    await follow();
  }
  for (const { name } of exported) {
    const truth = parseAll(bench.sandbox.truth(name, 'export')).filter(({ id }) => id !== null);
    expect(truth.map(({ id }) => known.get(name)?.get(id))).toEqual(truth);
  }
});

test('counts are what the lists hold', async () => {
  bench.sandbox.advance({ hours: 48 });
  const counts = bench.sandbox.counts();
  for (const { name, list } of entities) {
    if (list === undefined) continue;
    const rows = await readList(bench, name, { ...list.send });
    expect([name, rows.length]).toEqual([name, counts[name]]);
  }
});

test('records are added, changed, sold late, deactivated and removed', () => {
  const before = parseAll(bench.sandbox.truth('estimates', 'list'));
  const campaigns = bench.sandbox.counts().campaigns ?? 0;
  const { added, changed, removed, from, to } = bench.sandbox.advance({ hours: 72 });
  for (const name of ['jobs', 'customers', 'invoices', 'payments', 'payroll', 'appointments']) {
    expect([name, (added[name] ?? 0) > 0]).toEqual([name, true]);
  }
  for (const name of ['jobs', 'estimates', 'invoices', 'invoice-items', 'payroll', 'job-types']) {
    expect([name, (changed[name] ?? 0) > 0]).toEqual([name, true]);
  }
  expect(removed).toMatchObject({ campaigns: 1, 'payment-types': 1, payroll: 1 });
  expect(bench.sandbox.counts().campaigns).toBe(campaigns - 1);
  const after = new Map(
    parseAll(bench.sandbox.truth('estimates', 'list')).map((row) => [row.id, row]),
  );
  const soldLate = before.filter(
    ({ id, soldOn }) => soldOn === null && after.get(id)?.soldOn !== null,
  );
  expect(soldLate.length).toBeGreaterThan(0);
  for (const { id } of soldLate) {
    expect(asText(after.get(id)?.soldOn) >= from).toBe(true);
    expect(asText(after.get(id)?.soldOn) <= to).toBe(true);
  }
});

test('an item can change without its invoice', async () => {
  const invoices = await readFeed(bench, 'invoices');
  const items = await readFeed(bench, 'invoice-items');
  const [invoiceId] = bench.sandbox.advance({ hours: 1 }).silentInvoiceIds;
  const changed = await readFeed(bench, 'invoice-items', items.token);
  const invoice = invoices.rows.find(({ id }) => id === invoiceId);
  const item = changed.rows.find((row) => row.invoiceId === invoiceId);
  const before = items.rows.find(({ id }) => id === item?.id);
  expect(item?.cost).not.toBe(before?.cost);
  expect(invoice?.items).toMatchObject(
    expect.arrayContaining([expect.objectContaining({ id: item?.id, cost: before?.cost })]) as [],
  );
});

test('a payroll that is run again loses an item and is named by the export', async () => {
  const { token } = await readFeed(bench, 'payroll');
  const before = await readList(bench, 'payroll', { sort: '+CreatedOn' });
  bench.sandbox.advance({ hours: 24 });
  const { rows } = await readFeed(bench, 'payroll', token);
  const gone = rows.filter(({ active }) => active === false);
  expect(gone).toHaveLength(1);
  expect(gone[0]?.id).toBeNull();
  const payrollIds = asText(gone[0]?.payrollId);
  const left = await readList(bench, 'payroll', { payrollIds });
  const had = before.filter(({ payrollId }) => asText(payrollId) === payrollIds);
  const added = rows.filter(
    ({ payrollId, createdOn, active }) =>
      active === true && asText(payrollId) === payrollIds && asText(createdOn) >= '2026-03-04T20',
  );
  expect(left).toHaveLength(had.length - 1 + added.length);
});

test('nothing happens before the advance began or in its last twenty minutes', () => {
  const seen = new Map(
    exported.map(({ name }) => [name, new Set(bench.sandbox.truth(name, 'export'))]),
  );
  const { from, to } = bench.sandbox.advance({ hours: 30 });
  expect([from, to]).toEqual(['2026-03-04T20:00:00Z', '2026-03-06T01:40:00Z']);
  for (const name of ['jobs', 'customers', 'estimates', 'payments', 'payroll', 'timesheets']) {
    const news = [...bench.sandbox.truth(name, 'export')].filter(
      (text) => !seen.get(name)?.has(text),
    );
    const times = parseAll(news).map(({ modifiedOn }) => Date.parse(asText(modifiedOn)));
    expect(times.every((time) => time >= Date.parse(from))).toBe(true);
    expect(times.every((time) => time <= Date.parse(to) + 1000)).toBe(true);
  }
});

test('two sandboxes that were advanced alike are alike', async () => {
  const other = await openBench({ scale: 0.003 });
  for (const { sandbox } of [bench, other]) for (const hours of [5, 48]) sandbox.advance({ hours });
  for (const { name } of entities) {
    expect([...other.sandbox.truth(name, 'list')]).toEqual([...bench.sandbox.truth(name, 'list')]);
  }
  await other.close();
});

test('a record added while a list is paged in Id order comes at its end', async () => {
  const first = await bench.list('jobs', { sort: '+Id', pageSize: '100' });
  bench.sandbox.addFault({ kind: 'move', entity: 'jobs', change: 'add', every: 2 });
  const rows = await readList(bench, 'jobs', { sort: '+Id', pageSize: '100' });
  expect(idsOf(rows).slice(0, 100)).toEqual(idsOf(first.data));
  expect(rows.length).toBeGreaterThan(484);
  expect(new Set(idsOf(rows)).size).toBe(rows.length);
});
