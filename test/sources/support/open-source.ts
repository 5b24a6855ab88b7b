import type { Entity, Json, Page, Read, Source } from '../../../src/model.ts';
import { SourceError } from '../../../src/errors.ts';
import { openServiceTitan } from '../../../src/sources/servicetitan/index.ts';
import type { ServiceTitanSettings } from '../../../src/sources/servicetitan/index.ts';
import type { Expected, Reply, ScriptedServer } from './scripted-server.ts';

/** Texts that no error may show. */
export const secrets = {
  clientId: 'cid.very-secret-id',
  clientSecret: 'cs.very-secret-secret',
  appKey: 'ak1.very-secret-key',
};

/** The source on a scripted server: no waits between attempts, a fixed clock, few attempts. */
export const openSource = (
  server: ScriptedServer,
  settings: Partial<ServiceTitanSettings> = {},
): Source =>
  openServiceTitan({
    ...secrets,
    baseUrl: server.url,
    authUrl: `${server.url}/connect/token`,
    tenantId: '42',
    requestsPerSecond: 1000,
    now: () => Date.parse('2024-05-01T12:00:00Z'),
    sleep: () => Promise.resolve(),
    random: () => 0,
    ...settings,
    limits: { requestAttemptsMax: 3, ...settings.limits },
  });

/** The expectation of a token request. */
export const token = (text = 'token-1', expiresIn = 900): Expected => ({
  method: 'POST',
  path: '/connect/token',
  reply: { body: { access_token: text, expires_in: expiresIn, token_type: 'Bearer' } },
});

/** The body of one page of a list. */
export const listBody = (
  data: unknown[],
  envelope: {
    page?: number;
    pageSize?: number;
    hasMore?: boolean;
    totalCount?: number | null;
  } = {},
): Reply => ({
  body: { page: 1, pageSize: 5000, hasMore: false, totalCount: data.length, ...envelope, data },
});

/** The body of one page of a feed. */
export const feedBody = (data: unknown[], continueFrom: string | null, hasMore = false): Reply => ({
  body: { hasMore, continueFrom, data },
});

/** An entity of the source by its name. */
export const entityOf = (source: Source, name: string): Entity => {
  const entity = source.entities.find((candidate) => candidate.name === name);
  if (entity === undefined) throw new Error(`${name} is missing`);
  return entity;
};

/** Reads from a position until done, as the pipeline does. */
export const readAll = async (
  source: Source,
  name: string,
  read: Read,
  start: Json = null,
): Promise<Page[]> => {
  const pages: Page[] = [];
  let position = start;
  for (;;) {
    const page = await source.readPage(entityOf(source, name), read, position);
    pages.push(page);
    // A position has been through the warehouse when it comes back.
    position = JSON.parse(JSON.stringify(page.position)) as Json;
    if (page.done) return pages;
  }
};

/** The ids of the records of some pages. */
export const idsOf = (pages: Page[]): unknown[] =>
  pages.flatMap(({ lines }) =>
    lines
      .toString()
      .split('\n')
      .filter((line) => line !== '')
      .map((line) => (JSON.parse(line) as { id: unknown }).id),
  );

/** The SourceError that a promise must end in. */
export const sourceErrorOf = async (promise: Promise<unknown>): Promise<SourceError> => {
  const error = await promise.then(
    () => undefined,
    (reason: unknown) => reason,
  );
  if (error instanceof SourceError) return error;
  throw new Error(`expected a SourceError, got ${String(error)}`, { cause: error });
};
