import { expect, test } from '@jest/globals';
import { mutations } from './support/mutations.ts';
import { duckdbRig } from './support/rigs.ts';
import { simulate } from './support/simulate.ts';

test.each(mutations.map((mutation) => [mutation.name, mutation] as const))(
  'a fault planted on purpose is noticed: %s',
  async (_, { seed, only, decorate = {}, rewrite }) => {
    const options = {
      ...{ ...duckdbRig, flockSize: 100, stopsAtFirst: true, only, decorate },
      ...(rewrite !== undefined && { rewrite }),
    };
    const known = await simulate({ ...options, seed, schedules: 1 });
    // Another version of the program may take other steps: then any schedule that shows it will do.
    const { broken } =
      known.broken.length > 0 ? known : await simulate({ ...options, seed: 1, schedules: 2_000 });
    expect(broken).not.toEqual([]);
  },
  240_000,
);
