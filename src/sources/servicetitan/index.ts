import type { Json, Page, Read, Scope, Source } from '../../model.ts';
import { createAskPage } from './ask-page.ts';
import { entities } from './entities/index.ts';
import type { ServiceTitanEntity } from './entity.ts';
import { joinLines } from './join-lines.ts';
import { openConnection } from './open-connection.ts';
import type { Connection, ConnectionSettings } from './open-connection.ts';
import { createPageSizes } from './page-sizes.ts';
import { readFeedPosition, readListPosition, startOfList, writeFeedPosition } from './positions.ts';
import { createReadFeed } from './read-feed.ts';
import { createReadList } from './read-list.ts';
import type { ListPage } from './read-list.ts';
import { createReadSets } from './read-sets.ts';
import { filtersOf } from './requests.ts';
import { flattenName, toEntity } from './to-entity.ts';

export { servicetitanEntities } from './servicetitan-entities.ts';

export type ServiceTitanSettings = ConnectionSettings & {
  /** Default: the contracts in entities/. */
  contracts?: readonly ServiceTitanEntity[];
};

type ListRead = Extract<Read, { kind: 'window' | 'whole' | 'modified' }>;

/** `2024-03-01T00:00:00.000Z` → `2024-03-01`; other instants stay whole. */
const shorten = (instant: string): string => instant.replace(/T00:00(:00(\.0+)?)?Z$/, '');

const describeRead = (entity: ServiceTitanEntity, read: Read): string => {
  switch (read.kind) {
    case 'window':
      return `${entity.name} ${shorten(read.window.from)}..${shorten(read.window.to)}`;
    case 'modified':
      return `${entity.name} modified since ${shorten(read.window.from)}`;
    case 'whole':
    case 'feed':
    case 'sets':
      return entity.name;
  }
};

/** What a complete list read replaces. */
const scopeOf = (entity: ServiceTitanEntity, read: ListRead): Scope => {
  const { backfill } = entity;
  if (read.kind === 'whole') return { kind: 'all' };
  if (read.kind !== 'window' || backfill.by !== 'window' || !backfill.replaces) return null;
  return { kind: 'range', column: flattenName(backfill.field), window: read.window };
};

const toPage = (page: ListPage, scope: Scope): Page => ({
  lines: page.lines,
  rows: page.rows,
  extractedAt: page.receivedAt,
  position: page.state === 'end' ? null : page.next,
  done: page.state === 'end',
  scope: page.state === 'end' ? scope : null,
  drift: page.drift,
  ...(page.state === 'moved' ? { again: true as const } : {}),
});

/** What reading a tenant takes beside the way to it. */
type TenantSettings = Pick<ServiceTitanSettings, 'baseUrl' | 'tenantId' | 'appKey' | 'contracts'>;

/** One tenant of ServiceTitan, read over the connection given. */
export const readServiceTitan = (
  { http, tokens, now, readSkewMs, log }: Connection,
  { baseUrl, tenantId, appKey, contracts = entities }: TenantSettings,
): Source => {
  const ask = createAskPage({ http, tokens, baseUrl, appKey, now });
  const sizes = createPageSizes();
  const readList = createReadList({ ask, tenantId, log, sizes });
  const readFeed = createReadFeed({ ask, tenantId, log });
  const readSets = createReadSets({ readFeed, readList, sizes });

  const readListPage = async (
    entity: ServiceTitanEntity,
    read: ListRead,
    position: Json,
  ): Promise<Page> => {
    const set = {
      entity,
      what: describeRead(entity, read),
      filters: filtersOf(entity, read),
      grows: read.kind === 'modified',
    };
    const at = position === null ? startOfList(sizes.first(entity), 1) : readListPosition(position);
    return toPage(await readList(set, at), scopeOf(entity, read));
  };

  const readFeedPage = async (
    entity: ServiceTitanEntity,
    from: string | null,
    position: Json,
  ): Promise<Page> => {
    const feed = { entity, what: entity.name, from };
    const { body, spans, receivedAt, drift, done, next } = await readFeed(
      feed,
      readFeedPosition(position),
    );
    return {
      lines: joinLines(body, spans, new Set(entity.drop)),
      rows: spans.length / 2,
      extractedAt: receivedAt,
      position: writeFeedPosition(next),
      done,
      scope: null,
      drift,
    };
  };

  return {
    name: 'servicetitan',
    tenantId,
    entities: contracts.map(toEntity),
    readPage: async ({ name }, read, position) => {
      const entity = contracts.find((contract) => contract.name === name);
      if (entity === undefined) throw new Error(`ServiceTitan has no entity ${name}.`);
      switch (read.kind) {
        case 'window':
        case 'whole':
        case 'modified':
          return readListPage(entity, read, position);
        case 'feed':
          return readFeedPage(entity, read.from, position);
        case 'sets':
          return readSets({ entity, what: entity.name, from: read.from }, position);
      }
    },
    ...(readSkewMs === undefined ? {} : { readSkewMs }),
    close: () => http.close(),
  };
};

/** Opens one tenant of ServiceTitan. Nothing is sent before the first page is read. */
export const openServiceTitan = (settings: ServiceTitanSettings): Source =>
  readServiceTitan(openConnection(settings), settings);
