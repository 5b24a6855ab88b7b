import { SourceError } from '../../errors.ts';
import { HttpFailure } from '../../http/failure.ts';
import { emptyPagesMax, setReadsMax } from '../../limits.ts';
import type { Drift, Json } from '../../model.ts';
import type { AskPage, CutPage } from './ask-page.ts';
import type { ServiceTitanEntity } from './entity.ts';
import { explainPageFailure } from './explain-failure.ts';
import { createFieldWatches } from './field-watches.ts';
import { joinLines } from './join-lines.ts';
import { smallerPageSize, withPageSize, type PageSizes } from './page-sizes.ts';
import { startOfList } from './positions.ts';
import type { ListPosition } from './positions.ts';
import { readField } from './read-field.ts';
import { listOf, listRequest } from './requests.ts';
import type { Filters } from './requests.ts';

/** What every reader needs. */
export type ReadSettings = {
  ask: AskPage;
  tenantId: string;
  log: (message: string, meta: Record<string, Json>) => void;
};

/** A set of rows that is paged from its beginning to its end. */
export type ListSet = {
  entity: ServiceTitanEntity;
  /** For messages: `invoices 2024-03-01..2024-04-01`. */
  what: string;
  filters: Filters;
  /** Rows may join the set while it is paged; none leaves it. */
  grows: boolean;
};

export type ListPage = {
  lines: Buffer;
  rows: number;
  receivedAt: string;
  drift: Drift[];
  /** `moved`: the set changed while it was paged and reading starts over at `next`. */
  state: 'more' | 'end' | 'moved';
  next: ListPosition;
};

const isTooMuch = (error: unknown): boolean =>
  error instanceof HttpFailure && (error.kind === 'timeout' || error.kind === 'tooLarge');

type Envelope = { hasMore: boolean; total: number | null; pageSize: number };

/** @throws HttpFailure of kind `body` where the envelope is not that of the page asked for. */
const readEnvelope = (envelope: ReadonlyMap<string, unknown>, asked: ListPosition): Envelope => {
  const hasMore = envelope.get('hasMore');
  const total = envelope.get('totalCount');
  const page = envelope.get('page') ?? asked.page;
  const pageSize = envelope.get('pageSize');
  if (typeof hasMore !== 'boolean' || page !== asked.page) throw new HttpFailure('body');
  // A server that caps the page size counts its pages by its own, so positions have to as well.
  const capped = typeof pageSize === 'number' && Number.isInteger(pageSize) && pageSize > 0;
  return {
    hasMore,
    total: typeof total === 'number' ? total : null,
    pageSize: capped ? Math.min(pageSize, asked.pageSize) : asked.pageSize,
  };
};

/** Whether the endpoint is asked for an order, so that its pages neither overlap nor leave a gap. */
const isSorted = (entity: ServiceTitanEntity): boolean => {
  const { send } = listOf(entity);
  return 'sort' in send || 'orderBy' in send;
};

/**
 * The rows received are not the rows that the set says it has, so one may have been skipped. Without a stable order a
 * row may come twice in place of another, and one that joins may come first: there only ids tell, and all must come.
 */
const hasMoved = (set: ListSet, before: ListPosition, after: ListPosition, end: boolean) => {
  const { totalFirst, totalLast, rows, ids } = after;
  if (totalFirst === null || totalLast === null) return false;
  if (before.totalLast !== null && totalLast < before.totalLast) return true;
  if (!end || before.page === 1) return false;
  if (ids !== undefined) return set.grows ? ids.length < totalLast : ids.length !== totalLast;
  return set.grows ? rows < totalFirst : rows !== totalLast;
};

/** The ids received with those of another page, each once. A row without an id is taken for one of its own. */
const addIds = (at: ListPosition, { body, spans }: CutPage<Envelope>): string[] => {
  const ids = new Set(at.ids);
  for (let i = 0; i < spans.length; i += 2) {
    const id = readField(body.subarray(spans[i], spans[i + 1]), 'id');
    ids.add(id ?? `row ${at.rows + i / 2 + 1}`);
  }
  return [...ids];
};

const stepOn = (set: ListSet, at: ListPosition, answer: CutPage<Envelope>): ListPosition => {
  const { spans, envelope } = answer;
  const rows = spans.length / 2;
  const isPaged = at.page > 1 || envelope.hasMore;
  return {
    page: at.page + 1,
    pageSize: envelope.pageSize,
    rows: at.rows + rows,
    attempt: at.attempt,
    empty: rows === 0 ? at.empty + 1 : 0,
    totalFirst: at.page === 1 ? envelope.total : at.totalFirst,
    totalLast: envelope.total,
    ...(isPaged && !isSorted(set.entity) ? { ids: addIds(at, answer) } : {}),
  };
};

const explainMoves = ({ what, entity }: ListSet, attempts: number): SourceError =>
  new SourceError(
    isSorted(entity)
      ? `Cannot read ${what}: rows came or went while it was paged, in each of ${attempts} readings; ` +
          'run the command again at a quieter hour'
      : `Cannot read ${what}: the list has no stable order and the set could not be read completely in ` +
          `${attempts} readings; run the command again`,
    { ofEntity: true },
  );

/** Creates the reader of lists: one page of a set at a position. */
export const createReadList = ({
  ask,
  tenantId,
  log,
  sizes,
}: ReadSettings & { sizes: PageSizes }) => {
  const watchOf = createFieldWatches('list');

  const askOnce = (set: ListSet, at: ListPosition) => {
    const { entity, filters } = set;
    const { page, pageSize } = at;
    return ask(
      listRequest(entity, { tenantId, filters, page, pageSize }),
      (envelope) => readEnvelope(envelope, at),
      { watch: watchOf(entity), timeouts: smallerPageSize(pageSize) === undefined },
    );
  };

  const explain = (error: unknown, set: ListSet, at: ListPosition): unknown =>
    explainPageFailure(error, {
      what: set.what,
      place: `page ${at.page}`,
      scope: set.entity.scope,
    });

  /** Asks at smaller and smaller page sizes while the answer does not come in time, or is too large. */
  const askShrinking = async (set: ListSet, start: ListPosition) => {
    let at = start;
    for (;;) {
      try {
        return { at, answer: await askOnce(set, at) };
      } catch (error) {
        const pageSize = isTooMuch(error) ? smallerPageSize(at.pageSize) : undefined;
        if (pageSize === undefined) throw explain(error, set, at);
        sizes.limit(set.entity, pageSize);
        at = withPageSize(at, pageSize);
        log('page took too long or was too large, asking for a smaller one', {
          what: set.what,
          pageSize,
        });
      }
    }
  };

  const startOver = (set: ListSet, at: ListPosition, receivedAt: string): ListPage => {
    if (at.attempt >= setReadsMax) throw explainMoves(set, at.attempt);
    log('set moved while it was paged, reading it again', { what: set.what, attempt: at.attempt });
    const next = startOfList(at.pageSize, at.attempt + 1);
    return { lines: Buffer.alloc(0), rows: 0, receivedAt, drift: [], state: 'moved', next };
  };

  /** @throws SourceError when the source refuses, stays unreachable, or the set does not hold still. */
  return async (set: ListSet, start: ListPosition): Promise<ListPage> => {
    const { at, answer } = await askShrinking(set, start);
    const { body, spans, envelope, receivedAt, drift } = answer;
    const rows = spans.length / 2;
    sizes.weigh(set.entity, { rows, bytes: body.length });
    if (envelope.pageSize < at.pageSize) sizes.limit(set.entity, envelope.pageSize);
    const next = stepOn(set, at, answer);
    if (hasMoved(set, at, next, !envelope.hasMore)) return startOver(set, at, receivedAt);
    if (envelope.hasMore && next.empty >= emptyPagesMax) {
      throw new SourceError(
        `Cannot read ${set.what}: ServiceTitan promises more rows, but sent ${next.empty} empty pages in a row; ` +
          'run the command again later',
        { ofEntity: true },
      );
    }
    const lines = joinLines(body, spans, new Set(set.entity.drop));
    return {
      lines,
      rows,
      receivedAt,
      drift,
      state: envelope.hasMore ? 'more' : 'end',
      next: sizes.adapt(set.entity, next),
    };
  };
};
