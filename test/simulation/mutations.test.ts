import { expect, test } from '@jest/globals';
import { mutations } from './support/mutations.ts';
import { duckdbRig } from './support/rigs.ts';
import { simulate } from './support/simulate.ts';

test.each(mutations.map((mutation) => [mutation.name, mutation] as const))(
  'a fault planted on purpose is noticed: %s',
  async (_, { only, decorate = {}, rewrite }) => {
    const { broken } = await simulate({
      ...{ ...duckdbRig, seed: 1, schedules: 2_000, flockSize: 100, only, decorate },
      ...(rewrite !== undefined && { rewrite }),
      stopsAtFirst: true,
    });
    expect(broken).not.toEqual([]);
  },
  240_000,
);
