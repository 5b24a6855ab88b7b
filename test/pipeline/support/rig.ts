import { join } from 'node:path';
import { afterEach, beforeEach, expect } from '@jest/globals';
import type { Entity } from '../../../src/model.ts';
import type { PipelineDeps, RunResult } from '../../../src/pipeline/run-moves.ts';
import { verify } from '../../../src/pipeline/verify.ts';
import { openDuckdb } from '../../../src/warehouses/duckdb/open-duckdb.ts';
import type { Warehouse } from '../../../src/warehouses/warehouse.ts';
import { makeTempDir } from '../../support/temp-dir.ts';
import { memorySource, type MemorySource, type Thing } from './memory-source.ts';
import { smallWork } from '../../support/small-work.ts';

const log = {
  error: () => undefined,
  warn: () => undefined,
  info: () => undefined,
  debug: () => undefined,
};

export const now = '2024-03-15T12:00:00.000Z';

export const range = {
  from: '2024-01-01T07:00:00.000Z',
  to: null,
  now,
  timeZone: 'America/Phoenix',
  force: false,
};

export const thing = (
  id: number,
  createdOn: string,
  modifiedOn = createdOn,
  name = `thing ${id}`,
): Thing => ({ id, createdOn, modifiedOn, name });

/** An hour of a day in 2024, UTC. */
export const day = (month: number, date: number, hour = 12): string =>
  new Date(Date.UTC(2024, month - 1, date, hour)).toISOString();

export const history = Array.from({ length: 20 }, (_, index) =>
  thing(index + 1, day(1 + (index % 3), 10, index % 24)),
);

export const failures = ({ outcomes }: RunResult): string[] =>
  outcomes
    .filter(({ outcome }) => outcome !== 'ok')
    .map(({ entity, outcome }) => `${entity} ${outcome}`);

export type Rig = {
  /** Of the test that is running. */
  warehouse: () => Warehouse;
  dir: () => string;
  depsFor: (source: MemorySource, more?: Partial<PipelineDeps>) => PipelineDeps;
  /** A source that holds the things, and a warehouse with the entities' tables. */
  prepared: (entities: Entity[], things?: Thing[]) => Promise<MemorySource>;
  /** The records that the warehouse holds as not deleted. */
  stored: (entity: Entity) => Promise<Thing[]>;
  expectVerified: (entities: Entity[]) => Promise<void>;
};

/** Gives each test of the file a DuckDB file and a spool of its own. */
export const useRig = (): Rig => {
  let warehouse: Warehouse;
  let dir: string;

  beforeEach(async () => {
    dir = await makeTempDir();
    const path = join(dir, 'test.duckdb');
    warehouse = await openDuckdb({
      path,
      datasetPrefix: '',
      now: () => new Date(now),
      ...smallWork,
    });
  });

  afterEach(() => warehouse.close());

  return {
    warehouse: () => warehouse,
    dir: () => dir,
    depsFor: (source, more = {}) => ({
      source,
      warehouse,
      spoolDir: join(dir, 'spool'),
      batchBytesMax: 1_000_000,
      log,
      signal: new AbortController().signal,
      onProgress: () => undefined,
      onCommitted: () => Promise.resolve(),
      runId: 'run',
      streamsInFlight: 2,
      readsInFlight: 2,
      clock: () => new Date(now),
      ...more,
    }),
    prepared: async (entities, things = history) => {
      const source = memorySource(entities);
      for (const { name } of entities) source.things.set(name, [...things]);
      await warehouse.prepare(entities);
      return source;
    },
    stored: async (entity) => {
      const rows = await warehouse.query(
        `select payload from st_raw.${entity.table} where not _deleted order by id`,
      );
      return rows.map(({ payload }) => JSON.parse(String(payload)) as Thing);
    },
    expectVerified: async (entities) => {
      const verified = await verify(warehouse, { entities, tenantId: '1' });
      expect(verified.filter(({ ok }) => !ok)).toEqual([]);
    },
  };
};
