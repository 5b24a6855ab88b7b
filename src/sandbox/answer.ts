import { mix } from './random.ts';
import { readFeed } from './feed-records.ts';
import { cutPage, selectRows } from './list-records.ts';
import type { ListCache } from './list-records.ts';
import { activeTest, parseListQuery } from './parse-parameters.ts';
import type { Test } from './parse-parameters.ts';
import { refuseParameter } from './problem.ts';
import { exportHasActive } from './routes.ts';
import type { Route } from './routes.ts';
import type { Row } from './rows.ts';
import type { Table } from './table.ts';

/** What an answer may be bent to by faults. */
export type Bend = { repeatPage: boolean; emptyPageWithMore: boolean; repeatToken: boolean };

export type AnswerContext = {
  cache: ListCache;
  requestNumber: number;
  /** Changes after this tick are too young for exports. */
  visibleUntil: number;
  exportPageSize: number;
  bend: Bend;
};

/** A body that has this many characters at most may come with blanks between its tokens. */
const spacedMax = 200_000;

/** Puts blanks and line breaks between the tokens of a JSON text. */
export function spaceOut(text: string): string {
  return text.replace(/"(?:[^"\\]|\\.)*"|[,:[\]{}]/g, (token) => {
    if (token === ':') return ' : ';
    if (token === ',') return ',\n  ';
    return token;
  });
}

function join(table: Table, rows: readonly Row[], feed: boolean): string {
  return rows.map((row) => table.render(row, feed)).join(',');
}

function finish(text: string, requestNumber: number): string {
  const spaced = (mix(requestNumber, 5) >>> 0) % 7 === 0 && text.length < spacedMax;
  return spaced ? spaceOut(text) : text;
}

function answerList(route: Route, search: URLSearchParams, context: AnswerContext): string {
  const { table, endpoint } = route;
  const query = parseListQuery(table, endpoint, search);
  if (context.bend.repeatPage) query.page = Math.max(1, query.page - 1);
  const rows = selectRows(table, query, context.cache);
  const page = context.bend.emptyPageWithMore ? [] : cutPage(rows, query, context.requestNumber);
  const data = join(table, page, false);
  if (route.shape === 'array') return `[${data}]`;
  const hasMore = context.bend.emptyPageWithMore || query.page * query.pageSize < rows.length;
  const total = query.includeTotal ? String(rows.length) : 'null';
  return (
    `{"page":${query.page},"pageSize":${query.pageSize},"hasMore":${hasMore},` +
    `"totalCount":${total},"data":[${data}]}`
  );
}

function exportTest(route: Route, search: URLSearchParams): Test {
  const hasActive = exportHasActive(route.entity);
  const text = search.get('active');
  const documented = route.endpoint.parameters.includes('active');
  const wanted = documented && text !== null ? activeTest('active', text) : undefined;
  return (row) => (hasActive || !row.removed) && (wanted === undefined || wanted(row));
}

function readRecent(search: URLSearchParams): boolean {
  const text = search.get('includeRecentChanges') ?? 'false';
  if (!/^(true|false)$/i.test(text)) {
    return refuseParameter('includeRecentChanges', `The value '${text}' is not valid.`);
  }
  return text.toLowerCase() === 'true';
}

function answerExport(route: Route, search: URLSearchParams, context: AnswerContext): string {
  const { table } = route;
  const { exportPageSize, requestNumber, bend } = context;
  const less = Math.floor(exportPageSize / 10);
  const from = search.get('from');
  const page = readFeed(table, {
    from,
    recent: readRecent(search),
    visibleUntil: context.visibleUntil,
    pageSize: exportPageSize - (less === 0 ? 0 : (mix(requestNumber, 6) >>> 0) % less),
    shows: exportTest(route, search),
  });
  const rows = bend.emptyPageWithMore ? [] : page.rows;
  const token = bend.repeatToken && from !== null ? from : page.continueFrom;
  return (
    `{"hasMore":${page.hasMore || bend.emptyPageWithMore || bend.repeatToken},"continueFrom":${JSON.stringify(token)},` +
    `"data":[${join(table, rows, true)}]}`
  );
}

/** The body of an answer to a list or export request. */
export function answer(route: Route, search: URLSearchParams, context: AnswerContext): string {
  const make = route.shape === 'export' ? answerExport : answerList;
  return finish(make(route, search, context), context.requestNumber);
}
