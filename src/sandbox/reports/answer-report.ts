import { instant } from '../json-text.ts';
import { ProblemError, refuseParameter } from '../problem.ts';
import { ticksOfMs } from '../ticks.ts';
import { categories, reports } from './index.ts';
import { parameters, readPeriod } from './read-period.ts';
import type { Report, ReportFacts } from './report.ts';
import type { RunReport } from './run-report.ts';

/** A request under `/reporting/`, its path without the tenant. */
export type ReportRequest = {
  path: string;
  method: string;
  search: URLSearchParams;
  body: string;
  /** Faults: the page before the one asked for, or an empty one that promises more. */
  bend: { repeatPage: boolean; emptyPageWithMore: boolean };
};

type Paging = { page: number; pageSize: number; includeTotal: boolean };

const root = '/reporting/v2/tenant/{tenant}/';
const rowsPerPageMax = 1000;
const structureChanged = instant(ticksOfMs(Date.UTC(2024, 0, 15, 16, 30)));

const refuse = (status: number, title: string): never => {
  throw new ProblemError({ status, title });
};

/** Whether a path (with `{tenant}` in it) is one of the Reporting API. */
export function isReportPath(pattern: string): boolean {
  return pattern.startsWith(root);
}

function readPaging(search: URLSearchParams, pageSizeDefault: number): Paging {
  const read = (name: string, byDefault: number): number => {
    const value = Number(search.get(name) ?? byDefault);
    if (Number.isInteger(value) && value > 0) return value;
    return refuseParameter(name, 'The value must be a whole number from 1.');
  };
  const includeTotal = /^true$/i.test(search.get('includeTotal') ?? '');
  return { page: read('page', 1), pageSize: read('pageSize', pageSizeDefault), includeTotal };
}

function writePage(texts: readonly string[], paging: Paging, more: { fields?: string } = {}) {
  const { page, pageSize, includeTotal } = paging;
  const start = (page - 1) * pageSize;
  const data = texts.slice(start, start + pageSize);
  const fields = more.fields === undefined ? '' : `"fields":${more.fields},`;
  return (
    `{${fields}"page":${page},"pageSize":${pageSize},"hasMore":${start + pageSize < texts.length},` +
    `"totalCount":${includeTotal ? texts.length : 'null'},"data":[${data.join(',')}]}`
  );
}

const listPage = (items: readonly unknown[], search: URLSearchParams): string =>
  writePage(
    items.map((item) => JSON.stringify(item)),
    readPaging(search, 50),
  );

function reportsOf(category: string): Report[] {
  if (!categories.some(({ id }) => id === category)) refuse(404, 'There is no such category.');
  return reports.filter((report) => report.category === category);
}

function findReport(category: string, id: string): Report {
  const found = reportsOf(category).find((report) => String(report.id) === id);
  return found ?? refuse(404, 'There is no such report within the category.');
}

const nameReport = ({ id, name, description }: ReportFacts) => ({ id, name, description });

function describeReport(report: Report): string {
  const facts = JSON.stringify({ ...nameReport(report), parameters, fields: report.fields });
  return facts.replace('"parameters":', `"modifiedOn":${structureChanged},"parameters":`);
}

function answerData(report: Report, { search, body, bend }: ReportRequest, run: RunReport): string {
  const asked = readPaging(search, rowsPerPageMax);
  const paging = { ...asked, pageSize: Math.min(rowsPerPageMax, asked.pageSize) };
  const fields = JSON.stringify(report.fields.map(({ name, label }) => ({ name, label })));
  const rows = run(report, readPeriod(body), paging.page);
  if (bend.emptyPageWithMore) {
    return writePage([], paging, { fields }).replace('"hasMore":false', '"hasMore":true');
  }
  if (bend.repeatPage) paging.page = Math.max(1, paging.page - 1);
  return writePage(rows, paging, { fields });
}

/** The body of an answer of the Reporting API. @throws ProblemError for what it refuses. */
export function answerReport(request: ReportRequest, run: RunReport): string {
  const parts = request.path.slice(root.length).split('/');
  const [first, category = '', second, id = '', third, ...rest] = parts;
  const isData = third === 'data' && rest.length === 0;
  const isCategory = first === 'report-category' && second === 'reports';
  if (request.method !== (isData ? 'POST' : 'GET')) refuse(405, 'Method not allowed');
  if (first === 'report-categories' && parts.length === 1) {
    return listPage(categories, request.search);
  }
  if (isCategory && parts.length === 3) {
    return listPage(reportsOf(category).map(nameReport), request.search);
  }
  if (isCategory && parts.length === 4) return describeReport(findReport(category, id));
  if (isCategory && isData) return answerData(findReport(category, id), request, run);
  return refuse(404, 'Resource not found');
}
