import { SourceError } from '../../errors.ts';
import { HttpFailure } from '../../http/failure.ts';
import { emptyPagesMax } from '../../limits.ts';
import type { Drift } from '../../model.ts';
import type { ServiceTitanEntity } from './entity.ts';
import { explainPageFailure } from './explain-failure.ts';
import { createFieldWatches } from './field-watches.ts';
import type { FeedPosition } from './positions.ts';
import type { ReadSettings } from './read-list.ts';
import { feedRequest } from './requests.ts';

/** A feed to read, and where from when there is no token yet: an instant, or null for the beginning. */
export type Feed = { entity: ServiceTitanEntity; what: string; from: string | null };

/** One page of a feed, its records still in the body; `next` is a place to start from when `done`. */
export type FeedPage = {
  body: Buffer;
  spans: number[];
  receivedAt: string;
  drift: Drift[];
  done: boolean;
  next: FeedPosition;
};

type Envelope = { hasMore: boolean; continueFrom: string | null };

/** @throws HttpFailure of kind `body` where more is promised and there is no token to ask for it. */
const readEnvelope = (envelope: ReadonlyMap<string, unknown>): Envelope => {
  const hasMore = envelope.get('hasMore');
  const token = envelope.get('continueFrom') ?? '';
  if (typeof hasMore !== 'boolean' || typeof token !== 'string') throw new HttpFailure('body');
  if (hasMore && token === '') throw new HttpFailure('body');
  return { hasMore, continueFrom: token === '' ? null : token };
};

/** Creates the reader of export feeds: the page at a position. */
export const createReadFeed = ({ ask, tenantId }: ReadSettings) => {
  const watchOf = createFieldWatches('export');

  const askFor = async ({ entity, what, from }: Feed) => {
    try {
      const request = feedRequest(entity, { tenantId, from });
      return await ask(request, readEnvelope, { watch: watchOf(entity) });
    } catch (error) {
      const asked = { what, place: 'the feed', scope: entity.scope };
      throw explainPageFailure(error, asked);
    }
  };

  /** @throws SourceError when the source refuses, stays unreachable, or the feed does not move on. */
  return async (feed: Feed, at: FeedPosition): Promise<FeedPage> => {
    const { body, spans, envelope, receivedAt, drift } = await askFor({
      ...feed,
      from: at.token ?? feed.from,
    });
    const token = envelope.continueFrom ?? at.token;
    const stands = spans.length === 0 || token === at.token;
    const stalled = envelope.hasMore && stands ? at.stalled + 1 : 0;
    if (stalled >= emptyPagesMax) {
      throw new SourceError(
        `Cannot read ${feed.what}: the feed promises more rows, but did not move on over ${stalled} pages; ` +
          'run the command again later',
        { ofEntity: true },
      );
    }
    return { body, spans, receivedAt, drift, done: !envelope.hasMore, next: { token, stalled } };
  };
};
