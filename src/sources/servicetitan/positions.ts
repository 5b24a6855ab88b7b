import type { Json } from '../../model.ts';

/** How far one set of list rows is read: the next page to ask for, and what was counted so far. */
export type ListPosition = {
  /** From 1; the page begins at row (page - 1) × pageSize of the set. */
  page: number;
  pageSize: number;
  /** Rows received. */
  rows: number;
  /** Which reading of the set this is, from 1. */
  attempt: number;
  /** Pages without rows just before. */
  empty: number;
  /** The set's total as the first page gave it, and as the last one did. */
  totalFirst: number | null;
  totalLast: number | null;
  /** The ids received, where the list has no stable order and takes more than one page. */
  ids?: string[];
};

/** How far a feed is read. With nothing but the token it is a place to start from. */
export type FeedPosition = {
  /** Null where the source gave none yet: then the read's own start holds. */
  token: string | null;
  /** Pages just before that brought nothing new. */
  stalled: number;
};

/** How far a read by sets is: collecting changed sets from the feed, or reading the sets. */
export type SetsPosition = {
  feed: FeedPosition;
  /** Values whose sets are still to read, in the order found. */
  values: string[];
  /** Inside the current group of sets; null while the feed is read. */
  list: ListPosition | null;
};

const membersOf = (json: Json | undefined): Record<string, Json> =>
  typeof json === 'object' && json !== null && !Array.isArray(json) ? json : {};

const numberOf = (members: Record<string, Json>, name: string): number => {
  const value = members[name];
  if (typeof value === 'number' && Number.isInteger(value) && value >= 0) return value;
  throw new Error(`A stored position of a list has no usable ${name}.`);
};

const totalOf = (value: Json | undefined): number | null =>
  typeof value === 'number' ? value : null;

const stringsOf = (values: readonly Json[]): string[] =>
  values.filter((value) => typeof value === 'string');

/** The start of a set. */
export const startOfList = (pageSize: number, attempt: number): ListPosition => ({
  page: 1,
  pageSize,
  rows: 0,
  attempt,
  empty: 0,
  totalFirst: null,
  totalLast: null,
});

/** @throws Error, a bug, for anything that {@link ListPosition} did not write. */
export const readListPosition = (json: Json): ListPosition => {
  const members = membersOf(json);
  return {
    page: Math.max(1, numberOf(members, 'page')),
    pageSize: Math.max(1, numberOf(members, 'pageSize')),
    rows: numberOf(members, 'rows'),
    attempt: numberOf(members, 'attempt'),
    empty: numberOf(members, 'empty'),
    totalFirst: totalOf(members.totalFirst),
    totalLast: totalOf(members.totalLast),
    ...(Array.isArray(members.ids) ? { ids: stringsOf(members.ids) } : {}),
  };
};

/** Null is the start of the read. */
export const readFeedPosition = (json: Json): FeedPosition => {
  const { token, stalled } = membersOf(json);
  return {
    token: typeof token === 'string' ? token : null,
    stalled: typeof stalled === 'number' ? stalled : 0,
  };
};

/** A position of a feed as it is stored; the count only where it counts. */
export const writeFeedPosition = ({ token, stalled }: FeedPosition): Record<string, Json> =>
  stalled === 0 ? { token } : { token, stalled };

/** Null, or the end of an earlier read, is the start of the read. */
export const readSetsPosition = (json: Json): SetsPosition => {
  const { values, list } = membersOf(json);
  return {
    feed: readFeedPosition(json),
    values: Array.isArray(values) ? stringsOf(values) : [],
    list: list === undefined || list === null ? null : readListPosition(list),
  };
};

/** A position of a read by sets as it is stored; at its end it is the feed's alone. */
export const writeSetsPosition = ({ feed, values, list }: SetsPosition): Json => ({
  ...writeFeedPosition(feed),
  ...(values.length === 0 ? {} : { values }),
  ...(list === null ? {} : { list }),
});
