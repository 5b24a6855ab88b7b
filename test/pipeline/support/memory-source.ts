import type { Entity, Json, Page, Read, Source } from '../../../src/model.ts';

export type Thing = { id: number; createdOn: string; modifiedOn: string; name: string };

export const thingEntity = (name: string, more: Partial<Entity> = {}): Entity => ({
  name,
  table: `raw_${name}`,
  columns: [
    { name: 'id', path: ['id'], type: 'int64' },
    { name: 'name', path: ['name'], type: 'string' },
    { name: 'createdOn', path: ['createdOn'], type: 'timestamp' },
    { name: 'modifiedOn', path: ['modifiedOn'], type: 'timestamp' },
  ],
  key: { kind: 'id' },
  createdColumn: 'createdOn',
  modifiedColumn: 'modifiedOn',
  backfill: 'window',
  windows: { months: 1, calendar: false, replaces: false },
  feed: { completes: false, fromStart: false },
  sync: 'feed',
  ...more,
});

/** A source in memory that counts what is asked of it. `onPage` may throw, as a source that fails does. */
export type MemorySource = Source & {
  things: Map<string, Thing[]>;
  asked: { entity: string; read: Read; position: Json }[];
  onPage: (entity: string, count: number) => void | Promise<void>;
};

const byModification = (a: Thing, b: Thing): number => (a.modifiedOn < b.modifiedOn ? -1 : 1);

const select = (things: Thing[], read: Read): Thing[] => {
  switch (read.kind) {
    case 'window':
      return things.filter(
        ({ createdOn }) => read.window.from <= createdOn && createdOn < read.window.to,
      );
    case 'modified':
      return things.filter(({ modifiedOn }) => modifiedOn >= read.window.from);
    case 'feed':
      return things
        .filter(({ modifiedOn }) => read.from === null || modifiedOn >= read.from)
        .sort(byModification);
    case 'whole':
      return things;
    case 'sets':
      throw new Error('not here');
  }
};

type Position = { offset: number; since?: string };

export const memorySource = (entities: Entity[], pageSize = 3): MemorySource => {
  const source: MemorySource = {
    name: 'memory',
    tenantId: '1',
    entities,
    things: new Map(entities.map(({ name }) => [name, []])),
    asked: [],
    onPage: () => undefined,
    readPage: async (entity, read, position) => {
      source.asked.push({ entity: entity.name, read, position });
      await source.onPage(entity.name, source.asked.length);
      return read.kind === 'feed'
        ? feedPage(entity, read, position)
        : listPage(entity, read, position);
    },
    close: () => Promise.resolve(),
  };

  const toPage = (things: Thing[], more: Pick<Page, 'position' | 'done' | 'scope'>): Page => ({
    lines: Buffer.from(things.map((thing) => `${JSON.stringify(thing)}\n`).join('')),
    rows: things.length,
    extractedAt: new Date(Date.UTC(2024, 5, 1) + source.asked.length * 1000).toISOString(),
    ...more,
  });

  const listPage = (entity: Entity, read: Read, position: Json): Page => {
    const { offset } = (position ?? { offset: 0 }) as Position;
    const all = select(source.things.get(entity.name) ?? [], read);
    const done = offset + pageSize >= all.length;
    return toPage(all.slice(offset, offset + pageSize), {
      position: { offset: offset + pageSize },
      done,
      scope: done && read.kind === 'whole' ? { kind: 'all' } : null,
    });
  };

  /** The token is the stamp of the last record handed out; it wins over the date. */
  const feedPage = (entity: Entity, read: Read & { kind: 'feed' }, position: Json): Page => {
    const since = (position as Position | null)?.since;
    const from = since === undefined ? read.from : null;
    const all = select(source.things.get(entity.name) ?? [], { kind: 'feed', from }).filter(
      ({ modifiedOn }) => since === undefined || modifiedOn > since,
    );
    const page = all.slice(0, pageSize);
    return toPage(page, {
      position: { offset: 0, since: page.at(-1)?.modifiedOn ?? since ?? read.from ?? '' },
      done: all.length <= pageSize,
      scope: null,
    });
  };
  return source;
};
