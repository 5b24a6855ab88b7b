import { parseExact } from '../support/exact-json.ts';
import { asText, openBench, send } from './client.ts';
import type { Answer, Bench, Json } from './client.ts';
import type { SandboxOptions } from '../../src/sandbox/sandbox.ts';

export type Row = Record<string, Json>;

export const reportingRoot = '/reporting/v2/tenant/4711';

/** A bench whose token lasts, and a client of the Reporting API. Reports are named `category/id`. */
export type ReportBench = Bench & {
  post: (path: string, body: string, query?: Record<string, string>) => Promise<Answer>;
  run: (
    report: string,
    parameters: Record<string, Json>,
    query?: Record<string, string>,
  ) => Promise<Answer>;
  /** All rows of a run, numbers as they are written, under the names of the fields. */
  readReport: (report: string, parameters: Record<string, Json>) => Promise<Row[]>;
};

const toRows = ({ text, body }: Answer): Row[] => {
  const names = (body.fields as Row[]).map(({ name }) => asText(name));
  const { data } = parseExact(text) as unknown as { data: Json[][] };
  return data.map((cells) => {
    if (cells.length !== names.length) throw new Error(`${cells.length} cells`);
    return Object.fromEntries(names.map((name, index) => [name, cells[index] ?? null]));
  });
};

export const openReportBench = async (
  options: Partial<SandboxOptions> = {},
): Promise<ReportBench> => {
  const bench = await openBench({ tokenLifetimeMs: 1e9, ...options });
  const token = await bench.token();
  const post: ReportBench['post'] = (path, body, query = {}) =>
    send(`${bench.sandbox.url}${reportingRoot}/${path}?${new URLSearchParams(query).toString()}`, {
      method: 'POST',
      headers: { authorization: `Bearer ${token}`, 'st-app-key': 'ak1.sandbox' },
      body,
    });
  const run: ReportBench['run'] = (report, parameters, query) => {
    const [category = '', id = ''] = report.split('/');
    const list = Object.entries(parameters).map(([name, value]) => ({ name, value }));
    const body = JSON.stringify({ parameters: list });
    return post(`report-category/${category}/reports/${id}/data`, body, query);
  };
  const readReport: ReportBench['readReport'] = async (report, parameters) => {
    const rows: Row[] = [];
    for (let page = 1; ; page += 1) {
      const answer = await run(report, parameters, { page: asText(page) });
      if (answer.status !== 200) throw new Error(answer.text);
      rows.push(...toRows(answer));
      if (answer.body.hasMore !== true) return rows;
    }
  };
  return { ...bench, post, run, readReport };
};
