import { asText, idsOf, openBench, parseAll, readList } from './client.ts';
import type { Bench, Body } from './client.ts';

let bench: Bench;
beforeAll(async () => {
  bench = await openBench();
});
afterAll(() => bench.close());

const time = (row: Body, field: string) => Date.parse(asText(row[field]));

test('pages in Id order make up the whole, each record once', async () => {
  const rows = await readList(bench, 'jobs', { sort: '+Id' });
  expect(rows).toEqual(parseAll(bench.sandbox.truth('jobs', 'list')));
  const descending = await readList(bench, 'jobs', { sort: '-Id' });
  expect(idsOf(descending)).toEqual(idsOf(rows).reverse());
});

test('the envelope has page, pageSize, hasMore and a total only on request', async () => {
  const plain = await bench.list('customers');
  expect(plain.body).toMatchObject({ page: 1, pageSize: 50, hasMore: true, totalCount: null });
  expect(plain.data).toHaveLength(50);
  const all = { active: 'Any', includeTotal: 'true', page: '1000' };
  const beyond = await bench.list('customers', all);
  expect(beyond.body).toMatchObject({
    hasMore: false,
    totalCount: bench.sandbox.counts().customers,
  });
  expect(beyond.data).toEqual([]);
});

test('without a sort the order is about Id descending and differs between requests', async () => {
  const orders = [];
  for (let time = 0; time < 4; time++) orders.push(idsOf((await bench.list('jobs')).data));
  expect(new Set(orders.map(String)).size).toBeGreaterThan(1);
  const last = idsOf(parseAll(bench.sandbox.truth('jobs', 'list'))).slice(-60);
  for (const id of orders.flat()) expect(last).toContain(id);
});

test.each([
  ['customers', 'active', 'True', 'False', 'Any'],
  ['payments', 'activeState', 'ActiveOnly', 'InactiveOnly', 'All'],
])(
  '%s: inactive records come only when %s asks for them',
  async (name, parameter, on, off, any) => {
    const byDefault = await readList(bench, name);
    expect(byDefault.every(({ active }) => active === true)).toBe(true);
    expect(await readList(bench, name, { [parameter]: on })).toHaveLength(byDefault.length);
    const inactive = await readList(bench, name, { [parameter]: off });
    const all = await readList(bench, name, { [parameter]: any });
    expect(inactive.every(({ active }) => active === false)).toBe(true);
    expect(all).toHaveLength(byDefault.length + inactive.length);
  },
);

test('windows on createdOn are half-open and cover the whole exactly once', async () => {
  const bounds = ['2019-12-31', '2021-06-01T00:00:00Z', '2024-01-01T07:00:00.123Z', '2026-12-01'];
  const ids = [];
  for (const [index, from] of bounds.slice(0, -1).entries()) {
    const to = bounds[index + 1] ?? '';
    const window = { createdOnOrAfter: from, createdBefore: to };
    const rows = await readList(bench, 'jobs', { ...window, sort: '+Id' });
    expect(rows.every((row) => time(row, 'createdOn') >= Date.parse(from))).toBe(true);
    expect(rows.every((row) => time(row, 'createdOn') < Date.parse(to))).toBe(true);
    ids.push(...idsOf(rows));
  }
  expect(ids).toEqual(idsOf(parseAll(bench.sandbox.truth('jobs', 'list'))));
});

test('a bound is inclusive to the seventh digit', async () => {
  const rows = await readList(bench, 'estimates', { active: 'Any' });
  const exact = rows.find(({ createdOn }) => /\.\d{7}Z$/.test(asText(createdOn)));
  const createdOn = asText(exact?.createdOn);
  const found = await readList(bench, 'estimates', { active: 'Any', createdOnOrAfter: createdOn });
  expect(idsOf(found)).toContain(exact?.id);
  const before = await readList(bench, 'estimates', { active: 'Any', createdBefore: createdOn });
  expect(idsOf(before)).not.toContain(exact?.id);
});

test('modifiedOn filters agree with the rows, and a null date matches none', async () => {
  const from = '2025-06-01T00:00:00Z';
  for (const name of ['jobs', 'projects', 'inventory-bills', 'invoices']) {
    const query = { activeState: 'All', modifiedOnOrAfter: from };
    const found = await readList(bench, name, query);
    const expected = parseAll(bench.sandbox.truth(name, 'list')).filter(
      (row) => row.modifiedOn !== null && time(row, 'modifiedOn') >= Date.parse(from),
    );
    expect(idsOf(found).sort()).toEqual(idsOf(expected).sort());
    expect(found.length).toBeGreaterThan(0);
  }
  const bills = await readList(bench, 'inventory-bills', { createdOnOrAfter: '2000-01-01' });
  expect(bills.every(({ createdOn }) => createdOn !== null)).toBe(true);
});

test('sort=+ModifiedOn and sort=+CreatedOn give rising instants', async () => {
  for (const field of ['modifiedOn', 'createdOn']) {
    const name = field.charAt(0).toUpperCase() + field.slice(1);
    const rows = await readList(bench, 'jobs', { sort: `+${name}` });
    const times = rows.map((row) => time(row, field));
    expect(times).toEqual([...times].sort((a, b) => a - b));
  }
});

test('pay items are found by date, both ends included, and by payroll', async () => {
  const all = parseAll(bench.sandbox.truth('payroll', 'list'));
  const day = asText(all[100]?.date);
  const query = { dateOnOrAfter: day, dateOnOrBefore: day, sort: '+CreatedOn' };
  const found = await readList(bench, 'payroll', query);
  expect(found).toEqual(all.filter(({ date }) => date === day));
  const payrollId = asText(all[100]?.payrollId);
  const ofPayroll = await readList(bench, 'payroll', { payrollIds: payrollId, sort: '+CreatedOn' });
  expect(ofPayroll).toEqual(all.filter((row) => asText(row.payrollId) === payrollId));
});

test('ids and other documented filters are ANDed', async () => {
  const jobs = parseAll(bench.sandbox.truth('jobs', 'list'));
  const ids = idsOf(jobs.slice(0, 20)).join(',');
  const found = await readList(bench, 'jobs', { ids, jobStatus: 'Canceled' });
  const expected = jobs.slice(0, 20).filter(({ jobStatus }) => jobStatus === 'Canceled');
  expect(idsOf(found).sort()).toEqual(idsOf(expected).sort());
});

test('parameters that are not documented are ignored', async () => {
  const all = await readList(bench, 'jobs', { sort: '+Id' });
  const misspelt = { sort: '+Id', status: 'Canceled', createdAfter: 'nonsense', active: 'False' };
  expect(await readList(bench, 'jobs', misspelt)).toEqual(all);
});

test('the plain inventory-bills path answers a bare array', async () => {
  const answer = await bench.get('/accounting/v2/tenant/4711/inventory-bills', { pageSize: '7' });
  expect(JSON.parse(answer.text)).toHaveLength(7);
});

test.each([
  ['pageSize', '5001'],
  ['pageSize', '0'],
  ['page', '0'],
  ['page', 'one'],
  ['includeTotal', 'maybe'],
  ['createdBefore', 'yesterday'],
  ['ids', 'abc'],
  ['ids', Array.from({ length: 51 }, (_, index) => index + 1).join(',')],
  ['active', 'All'],
  ['sort', 'Id'],
  ['sort', '+Name'],
])('%s=%s is refused with problem details', async (name, value) => {
  const answer = await bench.list('appointments', { [name]: value });
  expect(answer.status).toBe(400);
  expect(answer.body.status).toBe(400);
  expect(Object.keys(answer.body.errors ?? {})).toEqual([name]);
  expect(Object.keys(answer.body).sort()).toEqual(
    ['data', 'errors', 'status', 'title', 'traceId', 'type'].sort(),
  );
});

test('some answers have blanks between their tokens, and mean the same', async () => {
  const texts = [];
  for (let time = 0; time < 30; time++) {
    texts.push((await bench.list('jobs', { pageSize: '3', sort: '+Id' })).text);
  }
  expect(texts.some((text) => text.includes('\n'))).toBe(true);
  expect(texts.some((text) => !text.includes('\n'))).toBe(true);
  const meanings = new Set(texts.map((text) => JSON.stringify(JSON.parse(text))));
  expect(meanings.size).toBe(1);
});
