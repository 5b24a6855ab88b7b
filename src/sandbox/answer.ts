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

/** A body that has this many bytes at most may come with blanks between its tokens. */
const spacedMax = 200_000;

/** Puts blanks and line breaks between the tokens of a JSON text. */
export function spaceOut(text: string): string {
  return text.replace(/"(?:[^"\\]|\\.)*"|[,:[\]{}]/g, (token) => {
    if (token === ':') return ' : ';
    if (token === ',') return ',\n  ';
    return token;
  });
}

const rowsPerChunk = 200;

/** Records as bytes, some hundred at a time: one text of a whole page would be tens of megabytes. */
function renderChunks(table: Table, rows: readonly Row[], feed: boolean): Buffer[] {
  const chunks: Buffer[] = [];
  for (let start = 0; start < rows.length; start += rowsPerChunk) {
    const texts = rows.slice(start, start + rowsPerChunk).map((row) => table.render(row, feed));
    chunks.push(Buffer.from((start === 0 ? '' : ',') + texts.join(',')));
  }
  return chunks;
}

function envelope(head: string, data: Buffer[], tail: string, requestNumber: number): Buffer[] {
  const whole = [Buffer.from(head), ...data, Buffer.from(tail)];
  const bytes = whole.reduce((sum, { length }) => sum + length, 0);
  const spaced = (mix(requestNumber, 5) >>> 0) % 7 === 0 && bytes < spacedMax;
  return spaced ? [Buffer.from(spaceOut(Buffer.concat(whole).toString('utf8')))] : whole;
}

function answerList(route: Route, search: URLSearchParams, context: AnswerContext): Buffer[] {
  const { table, endpoint } = route;
  const query = parseListQuery(table, endpoint, search);
  if (context.bend.repeatPage) query.page = Math.max(1, query.page - 1);
  const rows = selectRows(table, query, context.cache);
  const page = context.bend.emptyPageWithMore ? [] : cutPage(rows, query, context.requestNumber);
  const data = renderChunks(table, page, false);
  const { requestNumber } = context;
  if (route.shape === 'array') return envelope('[', data, ']', requestNumber);
  const hasMore = context.bend.emptyPageWithMore || query.page * query.pageSize < rows.length;
  const total = query.includeTotal ? String(rows.length) : 'null';
  const head =
    `{"page":${query.page},"pageSize":${query.pageSize},"hasMore":${hasMore},` +
    `"totalCount":${total},"data":[`;
  return envelope(head, data, ']}', requestNumber);
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

function answerExport(route: Route, search: URLSearchParams, context: AnswerContext): Buffer[] {
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
  const hasMore = page.hasMore || bend.emptyPageWithMore || bend.repeatToken;
  const head = `{"hasMore":${hasMore},"continueFrom":${JSON.stringify(token)},"data":[`;
  return envelope(head, renderChunks(table, rows, true), ']}', requestNumber);
}

/** The body of an answer to a list or export request, in pieces. */
export function answer(route: Route, search: URLSearchParams, context: AnswerContext): Buffer[] {
  const make = route.shape === 'export' ? answerExport : answerList;
  return make(route, search, context);
}
