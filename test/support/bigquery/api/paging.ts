import { refusals } from '../refusals.ts';
import type { PageSettings } from './request.ts';

/** One page of a list, and the token of the next one. */
export type Page<T> = { items: T[]; pageToken: string | undefined };

const prefix = 'page-';

const writeToken = (start: number): string =>
  Buffer.from(`${prefix}${start}`).toString('base64url');

const readToken = (token: string | null): number => {
  if (token === null) return 0;
  const text = Buffer.from(token, 'base64url').toString('utf8');
  if (!text.startsWith(prefix)) throw refusals.invalid('Invalid page token', 'pageToken');
  return Number(text.slice(prefix.length));
};

const readNumber = (query: URLSearchParams, name: string): number | undefined => {
  const text = query.get(name);
  if (text === null) return undefined;
  if (!/^\d+$/.test(text)) throw refusals.invalid(`Invalid value for ${name}: ${text}`, name);
  return Number(text);
};

/** Where the page begins and how long it may be, as the request says. */
export const readPage = (
  query: URLSearchParams,
  { rowsMax }: Pick<PageSettings, 'rowsMax'>,
): { start: number; count: number } => {
  const start = query.has('pageToken')
    ? readToken(query.get('pageToken'))
    : (readNumber(query, 'startIndex') ?? 0);
  return { start, count: Math.min(readNumber(query, 'maxResults') ?? rowsMax, rowsMax) };
};

/** The token of the page after this one, if there is one. */
export const nextToken = (
  { start, count }: { start: number; count: number },
  total: number,
): string | undefined => (start + count < total ? writeToken(start + count) : undefined);

/** Cuts the page that a request asks for out of all there is. */
export const cutPage = <T>(
  all: readonly T[],
  query: URLSearchParams,
  settings: Pick<PageSettings, 'rowsMax'>,
): Page<T> => {
  const page = readPage(query, settings);
  return {
    items: all.slice(page.start, page.start + page.count),
    pageToken: nextToken(page, all.length),
  };
};
