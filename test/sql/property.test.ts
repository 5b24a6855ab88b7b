import { readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { openCompanyRig } from './support/company-rig.ts';
import type { CompanyRig } from './support/company-rig.ts';
import { playScenario } from './support/play-scenario.ts';
import { scenario } from './support/random-company.ts';
import { seeds } from './support/tenant-of.ts';

/** How many scenarios are played; more with FIELDMART_PROPERTY_RUNS. */
const runs = Number(process.env.FIELDMART_PROPERTY_RUNS ?? 16);

/** How long a counterexample is made smaller; after that the smallest so far is shown. */
const shrinkMsMax = 120_000;

const timeoutMs = shrinkMsMax + 60_000 + runs * 20_000;

const holdsOn = (rig: CompanyRig) => {
  let failedAt: number | undefined;
  return fc.asyncProperty(scenario, async (drawn) => {
    if (failedAt !== undefined && Date.now() - failedAt > shrinkMsMax) return;
    await playScenario({ rig, seeds }, drawn).catch((error: unknown) => {
      failedAt ??= Date.now();
      throw error;
    });
  });
};

describe('on random companies', () => {
  let rig: CompanyRig;
  beforeAll(async () => {
    rig = await openCompanyRig(seeds);
  });
  afterAll(() => rig.close());

  test(
    'the marts are what the definitions say, whatever the order of the rows, and snapshots stay',
    () => fc.assert(holdsOn(rig), { numRuns: runs }),
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
    const { errorInstance } = await fc.check(holdsOn(rig), {
      numRuns: runs,
      seed: 1,
      endOnFailure: true,
    });
    await rig.close();
    expect(String(errorInstance)).toContain('marts against definitions');
  },
  timeoutMs,
);
