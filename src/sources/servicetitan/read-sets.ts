import { idsPerRequestMax } from '../../limits.ts';
import type { Json, Page } from '../../model.ts';
import type { ServiceTitanEntity } from './entity.ts';
import { flattenName } from './to-entity.ts';
import { readSetsPosition, startOfList, writeSetsPosition } from './positions.ts';
import type { ListPosition, SetsPosition } from './positions.ts';
import type { PageSizes } from './page-sizes.ts';
import type { createReadFeed } from './read-feed.ts';
import { readField } from './read-field.ts';
import type { createReadList } from './read-list.ts';
import { setFilters } from './requests.ts';

type SetsSettings = {
  readFeed: ReturnType<typeof createReadFeed>;
  readList: ReturnType<typeof createReadList>;
  sizes: PageSizes;
};

type SetsRead = { entity: ServiceTitanEntity; what: string; from: string };

const fieldOf = ({ name, sync }: ServiceTitanEntity): string => {
  if (sync.by !== 'sets') throw new Error(`${name} is not read by sets.`);
  return sync.field;
};

const collect = (body: Buffer, spans: readonly number[], field: string): string[] => {
  const values: string[] = [];
  for (let i = 0; i < spans.length; i += 2) {
    const value = readField(body.subarray(spans[i], spans[i + 1]), field);
    if (value !== undefined) values.push(value);
  }
  return values;
};

/**
 * Creates the reader by sets. First the export feed is read to its end for the values of the changed sets, storing
 * nothing; then the list is read for some of these values at a time, each such group one complete set.
 */
export const createReadSets = ({ readFeed, readList, sizes }: SetsSettings) => {
  const readChanges = async (read: SetsRead, at: SetsPosition): Promise<Page> => {
    const page = await readFeed({ ...read, what: `the changes of ${read.what}` }, at.feed);
    const found = collect(page.body, page.spans, fieldOf(read.entity));
    const values = [...new Set([...at.values, ...found])];
    const setsToRead = page.done && values.length > 0;
    const list = setsToRead ? startOfList(sizes.first(read.entity), 1) : null;
    return {
      lines: Buffer.alloc(0),
      rows: 0,
      extractedAt: page.receivedAt,
      position: writeSetsPosition({ feed: page.next, values, list }),
      done: page.done && values.length === 0,
      scope: null,
    };
  };

  const readGroup = async (read: SetsRead, at: SetsPosition, list: ListPosition): Promise<Page> => {
    const { entity, what } = read;
    const group = at.values.slice(0, idsPerRequestMax);
    const filters = setFilters(entity, group);
    const page = await readList({ entity, what, filters, grows: false }, list);
    const ended = page.state === 'end';
    const values = ended ? at.values.slice(group.length) : at.values;
    const done = values.length === 0;
    const next = ended ? startOfList(sizes.first(entity), 1) : page.next;
    return {
      lines: page.lines,
      rows: page.rows,
      extractedAt: page.receivedAt,
      position: writeSetsPosition({ feed: at.feed, values, list: done ? null : next }),
      done,
      scope: ended ? { kind: 'values', column: flattenName(fieldOf(entity)), values: group } : null,
      drift: page.drift,
      ...(page.state === 'moved' ? { again: true as const } : {}),
    };
  };

  return (read: SetsRead, position: Json): Promise<Page> => {
    const at = readSetsPosition(position);
    return at.list === null ? readChanges(read, at) : readGroup(read, at, at.list);
  };
};
