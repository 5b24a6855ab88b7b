import type { Fault, Step } from './process.ts';
import type { Random } from './random.ts';
import type { Command, Settings } from './run-life.ts';

/** One run of a command, on one of two machines, and what befalls it. */
export type Life = { writer: 'a' | 'b'; command: Command; faults: readonly Fault[] };

/** What happens in one schedule, as far as it is laid down before it begins. */
export type Schedule = {
  names: readonly string[];
  settings: Settings;
  /** How far the export feed is behind, in milliseconds. */
  lagMs: number;
  lives: readonly Life[];
  /** Two runs may be under way at once. */
  together: boolean;
  /** How many things happen at the source while the runs are under way. */
  changes: number;
};

/** Where a program may die. */
export const crashSteps: readonly Step[] = [
  'fetch',
  'records open',
  'records write',
  'records sync',
  'records cut',
  'journal open',
  'journal write',
  'journal sync',
  'journal rename',
  'spool remove',
  'read controls',
  'plan streams',
  'restart streams',
  'record runs',
  'stage',
  'commit',
  'drop staged',
];

const drawFault = (random: Random): Fault => {
  const step = random.chance(0.25)
    ? random.pick(['stage', 'commit'] as const)
    : random.pick(crashSteps);
  const kind = random.pick([
    'kill',
    'kill',
    'kill',
    'power',
    'fail',
    'fail',
    'stall',
    'stop',
  ] as const);
  return {
    step,
    nth: 1 + random.below(random.pick([1, 3, 8])),
    moment: random.pick(['before', 'after']),
    kind,
    times: kind === 'fail' ? random.pick([1, 1, 2, 5]) : 1,
  };
};

const drawCommand = (random: Random): Command => {
  if (random.chance(0.55)) return { kind: 'backfill', force: random.chance(0.15) };
  return { kind: 'sync', since: random.chance(0.15) ? '2024-01-20T07:00:00.000Z' : null };
};

/** Entities by how often they are drawn: complete sets cost the most to commit. */
const often = [
  ...['visits', 'visits', 'orders', 'orders', 'orders', 'notes', 'notes', 'logs'],
  ...['kinds', 'tags', 'shifts'],
];

/** Draws a schedule. */
export const planSchedule = (random: Random): Schedule => {
  const [first, second] = [random.pick(often), random.pick(often)];
  const names = random.chance(0.15) && second !== first ? [first, second] : [first];
  const twoWriters = random.chance(0.45);
  const count = random.pick([1, 2, 2, 3]);
  const lives = Array.from({ length: count }, (_, index): Life => ({
    writer: twoWriters && index % 2 === 1 ? 'b' : 'a',
    command:
      index === 0 && random.chance(0.7) ? { kind: 'backfill', force: false } : drawCommand(random),
    faults: Array.from({ length: random.pick([0, 1, 1, 1, 2]) }, () => drawFault(random)),
  }));
  return {
    names,
    settings: {
      batchBytesMax: random.pick([1, 300, 1_000_000, 1_000_000]),
      streamsInFlight: 1 + random.below(3),
      readsInFlight: 1 + random.below(2),
      lookbackMs: random.pick([0, 600_000]),
    },
    lagMs: random.pick([0, 0, 900_000]),
    lives,
    together: twoWriters && random.chance(0.8),
    changes: random.below(7),
  };
};
