import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { entities } from './contracts.ts';
import { runFlock, type Broken } from './flock.ts';
import { createLane } from './lane.ts';
import { planSchedule } from './plan-schedule.ts';
import { createRandom } from './random.ts';
import type { Rewrite, Rig } from './rigs.ts';
import type { Decorate } from './run-life.ts';
import { shareWarehouse } from './shared-warehouse.ts';

export type SimulationOptions = {
  /** Opens an empty warehouse; each flock gets one of its own. */
  open: Rig['open'];
  /** Faults in the SQL. */
  rewrite?: Rewrite;
  /** Only schedules with this entity are run: the others cannot show what is looked for. */
  only?: string;
  /** Ends with the first promise broken. */
  stopsAtFirst?: boolean;
  /** The seed of the first schedule; the others follow. */
  seed: number;
  schedules: number;
  /** Schedules that share a warehouse. */
  flockSize?: number;
  decorate?: Decorate;
  /** Takes what happens, line by line. */
  note?: (line: string) => void;
};

export type Simulated = {
  schedules: number;
  broken: Broken[];
  /** How often each fault struck: `kill after commit`. */
  seen: Map<string, number>;
};

/** Runs schedules, seed after seed, until one breaks a promise. */
export const simulate = async (options: SimulationOptions): Promise<Simulated> => {
  const { open, seed, schedules, flockSize = 2000, decorate = {}, note, rewrite, only } = options;
  const directory = await mkdtemp(join(tmpdir(), 'fieldmart-'));
  const result: Simulated = { schedules: 0, broken: [], seen: new Map() };
  try {
    while (result.schedules < schedules && result.broken.length === 0) {
      const size = Math.min(flockSize, schedules - result.schedules);
      const first = seed + result.schedules;
      const seeds = Array.from({ length: size }, (_, index) => first + index).filter(
        (one) => only === undefined || planSchedule(createRandom(one)).names.includes(only),
      );
      const lanes = seeds.map((one) =>
        createLane(one, {
          tenantId: `t${one}`,
          decorate,
          ...(note !== undefined && { note }),
        }),
      );
      const warehouse = await open(rewrite);
      await warehouse.prepare(entities);
      result.broken.push(
        ...(await runFlock(lanes, shareWarehouse(warehouse, directory, entities), {
          stopsAtFirst: options.stopsAtFirst === true,
        })),
      );
      await warehouse.close();
      result.schedules += size;
      for (const lane of lanes) {
        for (const [key, count] of lane.seen())
          result.seen.set(key, (result.seen.get(key) ?? 0) + count);
      }
    }
    return result;
  } finally {
    await rm(directory, { recursive: true, force: true });
  }
};
