import { compareMarts } from './compare-marts.ts';
import type { CompanyRig, Marts } from './company-rig.ts';
import { findBroken, findRewritten } from './invariants.ts';
import { applyChanges } from './random-company.ts';
import type { Scenario } from './random-company.ts';
import { localDate } from './reference/dates.ts';
import type { MartRow } from './reference/measure.ts';
import type { Seeds, Tenant } from './reference/rows.ts';
import { noSnapshots } from './reference/snapshots.ts';
import type { Snapshots } from './reference/snapshots.ts';
import { addSnapshots, computeKpis } from './reference-kpis.ts';

/** A tenant with the snapshots that it has so far. */
type Standing = Tenant & { snapshots: Snapshots };

type Stage = { rig: CompanyRig; seeds: Seeds };

const expectMarts = (standing: readonly Standing[], seeds: Seeds): Record<string, MartRow[]> => {
  const all: Record<string, MartRow[]> = {};
  for (const tenant of standing) {
    const marts = computeKpis(tenant, seeds, tenant.snapshots);
    for (const [table, rows] of Object.entries(marts))
      all[table] = [...(all[table] ?? []), ...rows];
  }
  return all;
};

const expectNone = (what: string, faults: readonly string[]): void => {
  if (faults.length === 0) return;
  throw new Error([`${what}: ${faults.length} faults`, ...faults.slice(0, 12)].join('\n  '));
};

type Round = {
  standing: readonly Standing[];
  built: Standing;
  select: string | null;
  order: number;
};

/** Loads all rows and builds one of the tenants. After a build of all models every mart is what the definitions say. */
const buildOne = async ({ rig, seeds }: Stage, round: Round): Promise<Marts> => {
  const { standing, built, select, order } = round;
  if (select === null) built.snapshots = addSnapshots(built, seeds, built.snapshots);
  await rig.load(standing, order);
  await rig.build(built, select);
  const marts = await rig.readMarts();
  if (select !== null) return marts;
  expectNone('marts against definitions', compareMarts(marts, expectMarts(standing, seeds)));
  expectNone('invariants', findBroken(marts, standing));
  return marts;
};

const addHours = (instant: string, hours: number): string =>
  new Date(Date.parse(instant) + hours * 3_600_000).toISOString();

const pick = <T>(items: readonly T[], index: number): T => {
  const item = items[index % items.length];
  if (item === undefined) throw new Error('there is nothing to pick from');
  return item;
};

const open = ({ tenants, startsAt }: Scenario): Standing[] =>
  tenants.map((tenant, index) => ({
    ...tenant,
    tenantId: String(index + 1),
    builtAt: startsAt,
    snapshots: noSnapshots,
  }));

/**
 * Builds the companies of a scenario one after the other. After each build all marts are what the definitions say, the
 * invariants hold and earlier snapshots are as they were; in the end the same rows in another order give the same marts.
 * @throws Error with the rows that differ.
 */
export const playScenario = async (stage: Stage, scenario: Scenario): Promise<void> => {
  const { startsAt, builds, order } = scenario;
  const standing = open(scenario);
  await stage.rig.forget();
  for (const tenant of standing) await stage.rig.introduce(tenant);
  let now = startsAt;
  let last: { marts: Marts; built: Standing; select: string | null } | undefined;
  for (const step of builds) {
    const built = pick(standing, step.tenant);
    if (last !== undefined) {
      now = addHours(now, step.hoursLater);
      const changed = pick(standing, step.changedTenant);
      changed.rows = applyChanges(changed.rows, step.changes);
    }
    built.builtAt = now;
    // Tables that were never built cannot be read: the first build is of all.
    const select = last === undefined ? null : step.select;
    const marts = await buildOne(stage, { standing, built, select, order: 0 });
    const key = { tenantId: built.tenantId, date: localDate(now, built.timeZone) ?? '' };
    if (last !== undefined) {
      expectNone('earlier snapshots', findRewritten(last.marts, marts, key));
    }
    last = { marts, built, select };
  }
  if (last === undefined) return;
  const again = await buildOne(stage, { standing, built: last.built, select: null, order });
  if (last.select !== null) return;
  expectNone('rebuild of the same rows', compareMarts(again, last.marts));
};
