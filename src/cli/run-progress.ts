import { setTimeout as sleep } from 'node:timers/promises';
import { readConfig, type Config } from '../config.ts';
import type { Entity } from '../model.ts';
import { readProgress, type EntityProgress } from '../pipeline/progress.ts';
import { servicetitanEntities } from '../sources/servicetitan/index.ts';
import { formatTable } from './format-table.ts';
import type { Io } from './io.ts';
import { openWarehouse } from './open-pipeline.ts';
import { selectEntities } from './select-entities.ts';
import { listenForStop } from './stop-signal.ts';

export type ProgressArguments = { entity: string[]; json: boolean; watch: boolean };

const watchIntervalMs = 5_000;

const shortTime = (instant: string | null): string | null =>
  instant === null ? null : instant.slice(0, 16).replace('T', ' ');

const toRow = (entity: EntityProgress): (string | number | null)[] => [
  entity.entity,
  `${entity.windowsDone}/${entity.windowsPlanned}`,
  entity.rowsStored,
  shortTime(entity.newestModification),
  shortTime(entity.lastRun),
  entity.lastOutcome,
  entity.lagHours === null ? null : `${entity.lagHours} h`,
];

const columns = [
  'entity',
  'windows',
  'rows',
  'newest change (UTC)',
  'last run (UTC)',
  'outcome',
  'lag',
];

/** The file is open only while it is read, so that a backfill that waits for it is not held up for long. */
const readOnce = async (
  config: Config,
  entities: readonly Entity[],
  io: Io,
): Promise<EntityProgress[]> => {
  const warehouse = await openWarehouse(config);
  try {
    await warehouse.prepare(servicetitanEntities);
    const { tenantId } = config;
    return await readProgress(warehouse, { entities, tenantId, now: io.now().toISOString() });
  } finally {
    await warehouse.close();
  }
};

const print = (rows: EntityProgress[], json: boolean, io: Io): void => {
  io.out(json ? JSON.stringify(rows) : formatTable(columns, rows.map(toRow)));
  if (json) return;
  for (const { entity, lastOutcome, lastMessage } of rows) {
    if (lastOutcome === 'failed') io.out(`${entity}: ${lastMessage ?? ''}`);
  }
};

/** `fieldmart progress`: how far each entity is; with `watch` again every few seconds until Ctrl-C. */
export const runProgress = async (args: ProgressArguments, io: Io): Promise<number> => {
  const config = readConfig(io.env);
  const entities =
    args.entity.length === 0
      ? servicetitanEntities
      : selectEntities(args.entity, servicetitanEntities);
  print(await readOnce(config, entities, io), args.json, io);
  if (!args.watch) return 0;
  const { signal } = listenForStop(() => undefined);
  for (;;) {
    await sleep(watchIntervalMs, undefined, { signal }).catch(() => undefined);
    if (signal.aborted) return 0;
    print(await readOnce(config, entities, io), args.json, io);
  }
};
