import { readSourceConfig } from '../config.ts';
import { ConfigError } from '../errors.ts';
import { backfill } from '../pipeline/backfill.ts';
import { startOfLocalDate } from '../pipeline/local-dates.ts';
import type { BackfillRange } from '../pipeline/plan-backfill.ts';
import { servicetitanEntities } from '../sources/servicetitan/servicetitan-entities.ts';
import type { Io } from './io.ts';
import { withPipeline } from './open-pipeline.ts';
import { reportRun } from './report-run.ts';
import { selectEntities } from './select-entities.ts';

export type BackfillArguments = {
  entity: string[];
  all: boolean;
  from: string;
  to: string | undefined;
  force: boolean;
};

const range = (args: BackfillArguments, timeZone: string, now: string): BackfillRange => {
  const from = startOfLocalDate(args.from, timeZone, '--from');
  const to = args.to === undefined ? null : startOfLocalDate(args.to, timeZone, '--to');
  if (from > now) {
    throw new ConfigError(
      `Cannot backfill from ${args.from}: it is in the future; give a past date`,
    );
  }
  if (to !== null && to > now) {
    throw new ConfigError(
      `Cannot backfill to ${args.to ?? ''}: it is in the future; leave --to out to read until now`,
    );
  }
  if (to !== null && from >= to) {
    throw new ConfigError(
      `Cannot backfill from ${args.from} to ${args.to ?? ''}: nothing lies between; --to is the first date not read`,
    );
  }
  return { from, to, now, timeZone };
};

const chooseEntities = (args: BackfillArguments) => {
  if (args.all && args.entity.length > 0) {
    throw new ConfigError('Cannot backfill: --all and --entity exclude each other; give one');
  }
  if (args.all) return servicetitanEntities;
  if (args.entity.length === 0) {
    throw new ConfigError('Cannot backfill: no entity given; add --entity NAME[,NAME…] or --all');
  }
  return selectEntities(args.entity, servicetitanEntities);
};

/** `fieldmart backfill`: reads history into the warehouse; repeating it goes on where it stopped. */
export const runBackfill = async (args: BackfillArguments, io: Io): Promise<number> => {
  const entities = chooseEntities(args);
  const config = readSourceConfig(io.env);
  const wanted = range(args, config.timeZone, io.now().toISOString());
  return withPipeline(config, io, async (deps, display) => {
    const result = await backfill(entities, { ...wanted, force: args.force }, deps);
    display.end();
    return reportRun(result, io);
  });
};
