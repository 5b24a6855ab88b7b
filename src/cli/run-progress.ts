import { setTimeout as sleep } from 'node:timers/promises';
import { readConfig, type Config } from '../config.ts';
import { WarehouseError } from '../errors.ts';
import type { Entity } from '../model.ts';
import { readProgress, type EntityProgress } from '../pipeline/progress.ts';
import { servicetitanEntities } from '../sources/servicetitan/servicetitan-entities.ts';
import { formatTable } from './format-table.ts';
import type { Io } from './io.ts';
import { openWarehouse } from './open-pipeline.ts';
import { readSnapshot } from './progress-snapshot.ts';
import { selectEntities } from './select-entities.ts';
import { listenForStop } from './stop-signal.ts';

export type ProgressArguments = { entity: string[]; watch: boolean };

/** Each look at BigQuery is billed. */
const watchIntervalMs = { duckdb: 5_000, bigquery: 60_000 } as const;

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

type Reading = { entities: EntityProgress[]; asOf: string | null };

/** The file is open only while it is read, so that a run that waits for it is not held up for long. */
const readWarehouse = async (
  config: Config,
  entities: readonly Entity[],
  io: Io,
): Promise<EntityProgress[]> => {
  const warehouse = await openWarehouse(config, io);
  try {
    await warehouse.prepare(servicetitanEntities);
    const { tenantId } = config;
    return await readProgress(warehouse, { entities, tenantId, now: io.now().toISOString() });
  } finally {
    await warehouse.close();
  }
};

/** While a run holds the file, the figures are those it leaves beside the spool. BigQuery can be read all the time. */
const read = async (config: Config, entities: readonly Entity[], io: Io): Promise<Reading> => {
  try {
    return { entities: await readWarehouse(config, entities, io), asOf: null };
  } catch (error) {
    if (config.warehouse !== 'duckdb' || !(error instanceof WarehouseError)) throw error;
    const snapshot = await readSnapshot(config.spoolDir);
    if (snapshot === null) throw error;
    const names = entities.map(({ name }) => name);
    return {
      entities: snapshot.entities.filter(({ entity }) => names.includes(entity)),
      asOf: snapshot.at,
    };
  }
};

const print = ({ entities: rows, asOf }: Reading, io: Io): void => {
  io.out(io.json ? JSON.stringify(rows) : formatTable(columns, rows.map(toRow)));
  if (asOf !== null) io.err(`A run is writing now; these are its figures of ${asOf}`);
  if (io.json) return;
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
  print(await read(config, entities, io), io);
  if (!args.watch) return 0;
  const { signal } = listenForStop(() => undefined);
  for (;;) {
    await sleep(watchIntervalMs[config.warehouse], undefined, { signal }).catch(() => undefined);
    if (signal.aborted) return 0;
    print(await read(config, entities, io), io);
  }
};
