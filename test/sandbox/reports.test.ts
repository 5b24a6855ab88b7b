import { parseExact } from '../support/exact-json.ts';
import { asText } from './client.ts';
import { openReportBench, reportingRoot } from './report-client.ts';
import type { ReportBench, Row } from './report-client.ts';

let bench: ReportBench;

beforeAll(async () => {
  bench = await openReportBench({ scale: 0.02 });
});
afterEach(() => {
  bench.sandbox.clearFaults();
  bench.clock.ms += 60_000;
});
afterAll(() => bench.close());

const allTime = { From: '2020-01-01', To: '2027-12-31' };

describe('what there is', () => {
  test('categories, the reports of one, and what a report takes and gives', async () => {
    const categories = await bench.get(`${reportingRoot}/report-categories`, {
      includeTotal: 'true',
    });
    expect(categories.body).toMatchObject({ page: 1, hasMore: false, totalCount: 4 });
    expect(categories.data).toContainEqual({ id: 'operations', name: 'Operations' });
    const listed = await bench.get(`${reportingRoot}/report-category/operations/reports`, {
      pageSize: '1',
    });
    expect(listed.body).toMatchObject({ hasMore: true, totalCount: null });
    expect(listed.data).toMatchObject([{ id: 1201, name: 'Completed Estimates' }]);
    const described = await bench.get(`${reportingRoot}/report-category/operations/reports/1202`);
    expect(described.body).toMatchObject({ id: 1202, name: 'Job Costing' });
    expect(described.body.parameters).toMatchObject([
      { name: 'From', dataType: 'Date', isRequired: true },
      { name: 'To', dataType: 'Date', isRequired: true },
      { name: 'BusinessUnitIds', isArray: true, isRequired: false },
    ]);
    expect(described.body.fields).toContainEqual({
      name: 'TotalCosts',
      label: 'Total Costs',
      dataType: 'Number',
    });
  });

  test.each([
    ['GET', 'report-category/nothing/reports', 404],
    ['GET', 'report-category/marketing/reports/1202', 404],
    ['GET', 'report-category/marketing/reports/1001/dates', 404],
    ['GET', 'report-category/marketing/reports/1001/data', 405],
    ['POST', 'report-category/marketing/reports/1001', 405],
    ['POST', 'report-category/marketing/reports/9/data', 404],
    ['GET', 'report-category/marketing/reports/01001', 404],
    ['GET', 'dynamic-value-sets/business-units', 404],
  ])('%s %s: %d', async (method, path, status) => {
    const answer =
      method === 'POST'
        ? await bench.post(path, '{"parameters":[]}')
        : await bench.get(`${reportingRoot}/${path}`);
    expect(answer.status).toBe(status);
    expect(answer.body).toMatchObject({ status });
  });

  test('token and tenant are checked as everywhere', async () => {
    const path = `${reportingRoot}/report-categories`;
    expect((await bench.get(path, {}, { authorization: 'Bearer other' })).status).toBe(401);
    expect((await bench.get(path.replace('4711', '4712'))).status).toBe(403);
  });
});

describe('what a run refuses', () => {
  test.each([
    [{ From: '2026-01-01' }, 'To'],
    [{ From: '2026-02-30', To: '2026-03-01' }, 'From'],
    [{ From: 20260101, To: '2026-03-01' }, 'From'],
    [{ From: '2026-01-01', To: 'today' }, 'To'],
    [{ ...allTime, BusinessUnitIds: ['Phoenix'] }, 'BusinessUnitIds'],
    [{ ...allTime, Untill: '2026-01-01' }, 'Untill'],
  ])('parameters %j: 400 names %s, and no run is used up', async (parameters, name) => {
    const refused = await bench.run('marketing/1001', parameters);
    expect(refused.status).toBe(400);
    expect(Object.keys(refused.body.errors as object)).toEqual([name]);
    expect((await bench.run('marketing/1001', allTime)).status).toBe(200);
  });

  test('a body that is no list of parameters, and a page that is none', async () => {
    for (const body of ['', '[1', '{}', '{"parameters":7}', '{"parameters":[null]}']) {
      const answer = await bench.post('report-category/marketing/reports/1001/data', body);
      expect(answer.status).toBe(400);
    }
    const list = `${reportingRoot}/report-categories`;
    expect((await bench.get(list, { page: '0' })).status).toBe(400);
    expect((await bench.run('marketing/1001', allTime, { page: 'x' })).status).toBe(400);
    expect((await bench.run('marketing/1001', allTime, { pageSize: '0' })).status).toBe(400);
  });

  test('a second run within a minute: 429 says how long, in title and header', async () => {
    expect((await bench.run('marketing/1001', allTime)).status).toBe(200);
    bench.clock.ms += 12_500;
    const refused = await bench.run('marketing/1001', allTime);
    expect(refused.status).toBe(429);
    expect(refused.body.title).toBe('Rate limit is exceeded. Try again in 48 seconds.');
    expect(refused.headers['retry-after']).toBe('48');
    const other = { ...allTime, To: '2026-02-01' };
    expect((await bench.run('marketing/1001', other, { page: '2' })).status).toBe(429);
    expect((await bench.run('sales/1101', allTime)).status).toBe(200);
    bench.clock.ms += 47_500;
    expect((await bench.run('marketing/1001', other)).status).toBe(200);
  });

  test('time that passes in the sandbox counts, and the interval can be another', async () => {
    const quick = await openReportBench({ scale: 0.001, reportIntervalMs: 0 });
    try {
      expect((await bench.run('accounting/1301', allTime)).status).toBe(200);
      bench.sandbox.advance({ hours: 0.1 });
      expect((await bench.run('accounting/1301', allTime)).status).toBe(200);
      for (let time = 0; time < 3; time += 1) {
        expect((await quick.run('accounting/1301', allTime)).status).toBe(200);
      }
    } finally {
      await quick.close();
    }
  });

  test('maintenance, and the other faults', async () => {
    bench.sandbox.addFault({ kind: 'maintenance', path: '/data', times: 1 });
    const refused = await bench.run('marketing/1001', allTime);
    expect(refused.status).toBe(409);
    expect(refused.body.title).toMatch(/suspended for maintenance/);
    bench.sandbox.addFault({ kind: 'truncate', path: '/data', times: 1 });
    const cut = await bench.run('marketing/1001', allTime);
    expect(() => JSON.parse(cut.text) as unknown).toThrow();
    bench.sandbox.addFault({ kind: 'emptyPageWithMore', path: '/data', times: 1 });
    const empty = await bench.run('marketing/1001', allTime, { page: '2' });
    expect(empty.body).toMatchObject({ data: [], hasMore: true });
  });
});

describe('pages', () => {
  test('hold 1,000 rows at most whatever was asked; the pages of a run are one set', async () => {
    const first = await bench.run('marketing/1001', allTime, {
      pageSize: '25000',
      includeTotal: 'true',
    });
    const total = Number(first.body.totalCount);
    expect(total).toBeGreaterThan(1000);
    expect(first.body).toMatchObject({ page: 1, pageSize: 1000, hasMore: true });
    expect(first.data).toHaveLength(1000);
    const second = await bench.run('marketing/1001', allTime, { pageSize: '25000', page: '2' });
    expect(second.body.totalCount).toBeNull();
    const last = await bench.run('marketing/1001', allTime, {
      page: asText(Math.ceil(total / 1000)),
    });
    expect(last.data).toHaveLength(total % 1000);
    expect(last.body.hasMore).toBe(false);
    const beyond = await bench.run('marketing/1001', allTime, { page: '99' });
    expect(beyond.body).toMatchObject({ data: [], hasMore: false });
  });

  test('dates and units choose rows, both ends included', async () => {
    const all = await bench.readReport('operations/1201', allTime);
    const dayOf = ({ CompletedDate: date }: Row) => asText(date).slice(0, 10);
    const days = all.map(dayOf).sort();
    const [From, To] = [days[100] ?? '', days[300] ?? ''];
    bench.clock.ms += 60_000;
    const some = await bench.readReport('operations/1201', { From, To });
    expect(some).toEqual(all.filter((row) => dayOf(row) >= From && dayOf(row) <= To));
    const units = [...bench.sandbox.truth('business-units', 'list')].map((text) =>
      parseExact(text),
    );
    const unit = units.find((one) => (one as Row).name === 'Tucson-Sales') as Row;
    bench.clock.ms += 60_000;
    const tucson = await bench.readReport('operations/1201', {
      ...allTime,
      BusinessUnitIds: [Number(unit.id)],
    });
    expect(tucson.length).toBeGreaterThan(10);
    expect(tucson).toEqual(all.filter((row) => row.BusinessUnit === 'Tucson-Sales'));
  });
});
