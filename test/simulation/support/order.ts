import type { Broken } from './flock.ts';
import type { Rig } from './rigs.ts';
import { simulate } from './simulate.ts';

/** What to simulate: as the environment says (`npm run simulate` writes it there), or the ordinary. */
export const readOrder = (
  ordinarySchedules: number,
): { schedules: number; seed: number; isOrdinary: boolean } => {
  const { SIMULATE_SCHEDULES: count, SIMULATE_SEED: seed } = process.env;
  return {
    schedules: count === undefined ? ordinarySchedules : Number(count),
    seed: seed === undefined ? 1 : Number(seed),
    isOrdinary: count === undefined,
  };
};

/** Lines at the end of a failed schedule's story that are shown; all of them where they are asked for. */
const storyLinesMax = 60;

/**
 * A line for each schedule that broke a promise, with how to run it again; the story of the first one goes to stderr.
 */
export const reportBroken = async (broken: readonly Broken[], rig: Rig): Promise<string[]> => {
  const [first] = broken;
  if (first !== undefined) {
    const story: string[] = [];
    const again = await simulate({
      ...rig,
      seed: first.seed,
      schedules: 1,
      note: (line) => story.push(line),
    });
    const [own] = again.broken;
    const shown = process.env.SIMULATE_STORY === undefined ? story.slice(-storyLinesMax) : story;
    process.stderr.write(
      `Schedule ${first.seed} on ${rig.name}, ` +
        `${own === undefined ? 'which passes by itself' : 'alone'}:\n${shown.join('\n')}\n`,
    );
  }
  return broken.map(
    ({ seed, error }) =>
      `${error.message} (npm run simulate -- --warehouse ${rig.name} --schedules 1 --seed ${seed})`,
  );
};
