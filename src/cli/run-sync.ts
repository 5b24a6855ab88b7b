import { readSourceConfig } from '../config.ts';
import { ConfigError } from '../errors.ts';
import { startOfLocalDate } from '../pipeline/local-dates.ts';
import { sync } from '../pipeline/sync.ts';
import { servicetitanEntities } from '../sources/servicetitan/servicetitan-entities.ts';
import type { Io } from './io.ts';
import { withPipeline } from './open-pipeline.ts';
import { parseDuration } from './parse-duration.ts';
import { reportRun } from './report-run.ts';
import { selectEntities } from './select-entities.ts';

export type SyncArguments = {
  entity: string[];
  since: string | undefined;
  lookback: string;
};

/** `fieldmart sync`: brings entities up to date; without names, all of them. */
export const runSync = async (args: SyncArguments, io: Io): Promise<number> => {
  const entities =
    args.entity.length === 0
      ? servicetitanEntities
      : selectEntities(args.entity, servicetitanEntities);
  const lookbackMs = parseDuration(args.lookback, '--lookback');
  const config = readSourceConfig(io.env);
  const now = io.now().toISOString();
  const since =
    args.since === undefined ? null : startOfLocalDate(args.since, config.timeZone, '--since');
  if (since !== null && since > now) {
    throw new ConfigError(
      `Cannot sync since ${args.since ?? ''}: it is in the future; give a past date`,
    );
  }
  return withPipeline(config, io, async (deps, display) => {
    const result = await sync(entities, { now, since, lookbackMs }, deps);
    display.end();
    return reportRun(result, io);
  });
};
