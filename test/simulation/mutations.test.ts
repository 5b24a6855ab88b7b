import { expect, test } from '@jest/globals';
import { mutations, type Mutation } from './support/mutations.ts';
import { bigqueryRig } from './support/bigquery-rig.ts';
import { duckdbRig, type Rig } from './support/rigs.ts';
import { simulate } from './support/simulate.ts';

/** The first promise that is broken: in the schedule that is known to show it, or in any. */
const findBroken = async (rig: Rig, mutation: Mutation) => {
  const { only, decorate = {}, rewrites, seed } = mutation;
  const rewrite = rewrites?.[rig.name];
  const options = {
    ...{ ...rig, only, decorate, stopsAtFirst: true },
    ...(rewrite !== undefined && { rewrite }),
  };
  const { broken } = await simulate({ ...options, seed, schedules: 1 });
  if (broken.length > 0) return broken;
  return (await simulate({ ...options, seed: 1, schedules: 2_000, flockSize: 100 })).broken;
};

const cases = [duckdbRig, bigqueryRig].flatMap((rig) =>
  mutations.map((mutation) => [rig.name, mutation.name, rig, mutation] as const),
);

test.each(cases)(
  'a fault planted on purpose is noticed on %s: %s',
  async (_, __, rig, mutation) => {
    const broken = await findBroken(rig, mutation);
    expect(broken).not.toEqual([]);
  },
  600_000,
);

test('staging that does not say whose it is stays, and is noticed', async () => {
  const rewrite = (sql: string) => sql.replace(/^options \(description = '.*'\)$/m, '');
  const { broken } = await simulate({ ...bigqueryRig, seed: 1, schedules: 30, rewrite });
  expect(broken.map(({ error }) => error.message)).toEqual([
    expect.stringMatching(/^staging is left after all runs: typed_/),
  ]);
}, 120_000);
