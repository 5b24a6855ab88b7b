import { readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { openCompanyRig } from './support/company-rig.ts';
import type { CompanyRig } from './support/company-rig.ts';
import { playScenario } from './support/play-scenario.ts';
import { scenario } from './support/random-company.ts';
import type { Scenario } from './support/random-company.ts';
import { reduceCase } from './support/reduce-case.ts';
import { seeds } from './support/tenant-of.ts';

/** How many scenarios are played; more with FIELDMART_PROPERTY_RUNS. */
const runs = Number(process.env.FIELDMART_PROPERTY_RUNS ?? 16);

/**
 * The ordinary run draws the same scenarios each time, so that a change is judged by itself; FIELDMART_PROPERTY_SEED
 * draws others. FIELDMART_PROPERTY_REPLAY plays one again: the seed and the path that a failure named.
 */
const ordinary = { seed: Number(process.env.FIELDMART_PROPERTY_SEED ?? 1) };
const [seed, path] = process.env.FIELDMART_PROPERTY_REPLAY?.split(',') ?? [];
const replayed = seed === undefined ? ordinary : { seed: Number(seed), path: path ?? '' };

/** How long a counterexample is made smaller. */
const reduceMsMax = 120_000;

const timeoutMs = reduceMsMax + 60_000 + runs * 20_000;

const findFailure = (rig: CompanyRig, parameters: fc.Parameters<[Scenario]>) =>
  fc.check(
    fc.asyncProperty(scenario, (drawn) => playScenario({ rig, seeds }, drawn)),
    { ...parameters, numRuns: runs, endOnFailure: true },
  );

/** What a scenario fails at: the message's first line, without its numbers; empty where it does not fail. */
const faultOf = async (rig: CompanyRig, played: Scenario): Promise<string> => {
  const message = await playScenario({ rig, seeds }, played).catch(String);
  return /^[^\d\n]*/.exec(message ?? '')?.[0] ?? '';
};

const reduceScenario = async (rig: CompanyRig, whole: Scenario): Promise<Scenario> => {
  const fault = await faultOf(rig, whole);
  const deadline = Date.now() + reduceMsMax;
  return reduceCase(
    whole,
    async (smaller) => Date.now() < deadline && (await faultOf(rig, smaller)) === fault,
  );
};

const show = (value: unknown): string =>
  JSON.stringify(value, (_, part: unknown) =>
    Array.isArray(part) && part.length === 0 ? undefined : part,
  );

describe('on random companies', () => {
  let rig: CompanyRig;
  beforeAll(async () => {
    rig = await openCompanyRig(seeds);
  });
  afterAll(() => rig.close());

  test(
    'the marts are what the definitions say, whatever the order of the rows, and snapshots stay',
    async () => {
      const failure = await findFailure(rig, replayed);
      const [drawn] = failure.counterexample ?? [];
      if (drawn === undefined) return;
      const small = await reduceScenario(rig, drawn);
      const fault = await playScenario({ rig, seeds }, small).catch(String);
      throw new Error(
        `FIELDMART_PROPERTY_REPLAY=${failure.seed},${failure.counterexamplePath ?? ''} plays this again:\n` +
          `${show(small)}\n${String(fault ?? failure.errorInstance)}`,
      );
    },
    timeoutMs,
  );
});

// A test that cannot fail proves nothing: each of these faults, planted into a copy of the models, is found.
test.each([
  ['UTC dates', 'mart/lead_jobs.sql', 'jobs.createdOn, tenants.timeZone', "jobs.createdOn, 'UTC'"],
  ['a join that loses rows', 'mart/job_costs.sql', 'left join job_labor', 'inner join job_labor'],
  ['canceled orders counted', 'mart/job_costs.sql', "!= 'canceled'", "!= 'cancelled'"],
])(
  'a planted fault is found: %s',
  async (_, file, text, replacement) => {
    const rig = await openCompanyRig(seeds, async (sqlDir) => {
      const sql = await readFile(join(sqlDir, file), 'utf8');
      expect(sql).toContain(text);
      await writeFile(join(sqlDir, file), sql.replace(text, replacement));
      // The checks of a build would find some of them first.
      await rm(join(sqlDir, 'checks'), { recursive: true, force: true });
    });
    const { errorInstance } = await findFailure(rig, { seed: 1 });
    await rig.close();
    expect(String(errorInstance)).toContain('marts against definitions');
  },
  timeoutMs,
);
