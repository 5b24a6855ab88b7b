import type { Entity } from '../../../src/model.ts';
import type { Call } from './calls.ts';
import { createChecks } from './checks.ts';
import { entities } from './contracts.ts';
import { Violation, type Lane } from './lane.ts';
import type { Process } from './process.ts';
import type { Result, SharedWarehouse } from './shared-warehouse.ts';

/** A schedule that broke a promise. */
export type Broken = { seed: number; error: Error };

const tick = (): Promise<void> =>
  new Promise((resolve) => {
    setImmediate(resolve);
  });

const entitiesOf = (names: readonly string[]): Entity[] =>
  entities.filter(({ name }) => names.includes(name));

/** Of a tenant that the text names; each schedule is one. */
const seedOf = (text: string): number => Number(/"t(\d+)"/.exec(text)?.[1] ?? 0);

const explainLeft = (left: readonly string[]): Violation =>
  new Violation(`staging is left after all runs: ${left.join('; ')}`);

/**
 * Runs schedules to their ends, each in its own order; calls of the warehouse wait until no schedule can go on without
 * one, and then those of the kind that most wait for are made.
 * @returns those that broke a promise.
 */
export const runFlock = async (
  all: readonly Lane[],
  shared: SharedWarehouse,
  { stopsAtFirst = false }: { stopsAtFirst?: boolean } = {},
): Promise<Broken[]> => {
  const broken: Broken[] = [];
  const inspected = new Set<Lane>();
  const checks = new Map(all.map((lane) => [lane, createChecks(lane)]));
  const held = new Map<Process, string[]>();
  const alive = new Set(all);
  let lanes = [...all];

  const fail = (lane: Lane, error: unknown): void => {
    broken.push({ seed: lane.seed, error: error as Error });
    lanes = lanes.filter((one) => one !== lane);
    alive.delete(lane);
  };

  /** What programs held that are gone; one that ended well holds nothing. */
  const letGo = async (lane: Lane): Promise<void> => {
    for (const ended of lane.takeEnded()) {
      const tables = held.get(ended) ?? [];
      for (const table of tables) await shared.leave(table);
      held.delete(ended);
      if (tables.length > 0 && ended.state.outcome?.ok === true) {
        fail(lane, new Violation(`${ended.command} left ${tables.join(', ')}`));
      }
    }
  };

  /** Staging that its program never heard of went with the answer. */
  const trackStaging = async (
    call: Call,
    process: Process | undefined,
    value: unknown,
    heard: boolean,
  ): Promise<void> => {
    if (process === undefined) return;
    const tables = held.get(process) ?? [];
    if (call.kind === 'stage') {
      const { table } = value as { table: string };
      if (heard) held.set(process, [...tables, table]);
      else await shared.leave(table);
    }
    if (call.kind === 'dropStaged') {
      const index = tables.indexOf(call.staged.table);
      held.set(
        process,
        tables.filter((_, at) => at !== index),
      );
    }
  };

  const check = async (members: readonly Lane[], name: string): Promise<void> => {
    const found = await shared.inspect(
      members.map(({ tenantId }) => tenantId),
      entitiesOf([name]),
    );
    for (const lane of members) {
      try {
        const snapshot = found.get(lane.tenantId)?.get(name);
        if (snapshot !== undefined) checks.get(lane)?.afterCommit(name, snapshot);
      } catch (error) {
        fail(lane, error);
      }
    }
  };

  const handOver = async (lane: Lane, call: Call, result: Result): Promise<void> => {
    try {
      checks.get(lane)?.afterCall(call, result);
      const caller = lane.caller();
      const heard = lane.answer(result);
      if ('value' in result) await trackStaging(call, caller, result.value, heard);
    } catch (error) {
      fail(lane, error);
    }
    await letGo(lane);
  };

  /** Makes the calls that most schedules wait for. */
  const turn = async (waiting: readonly Lane[]): Promise<Lane[]> => {
    const groups = new Map<string, { lane: Lane; call: Call }[]>();
    for (const lane of waiting) {
      const call = lane.posted();
      if (call === undefined) continue;
      const name = shared.groupOf(call);
      const group = groups.get(name);
      if (group === undefined) groups.set(name, [{ lane, call }]);
      else group.push({ lane, call });
    }
    const members = [...groups.values()].sort((a, b) => b.length - a.length)[0] ?? [];
    for (const { lane, call } of members) checks.get(lane)?.beforeCall(call);
    const results = await shared.make(members.map(({ call }) => call));
    const [first] = members;
    if (first?.call.kind === 'commit') {
      const committing = members.map(({ lane }) => lane);
      await check(committing, first.call.staged.entity.name);
    }
    for (const [index, { lane, call }] of members.entries()) {
      if (!alive.has(lane)) continue;
      const result = results[index];
      if (result === undefined) throw new Error('a call has no result');
      await handOver(lane, call, result);
    }
    return members.map(({ lane }) => lane);
  };

  const finish = async (members: readonly Lane[]): Promise<void> => {
    const found = await shared.inspect(
      members.map(({ tenantId }) => tenantId),
      entities,
    );
    for (const lane of members) {
      inspected.add(lane);
      try {
        for (const name of lane.names) {
          const snapshot = found.get(lane.tenantId)?.get(name);
          if (snapshot === undefined) throw new Error(`${name} was not inspected`);
          checks.get(lane)?.atEnd(name, snapshot);
        }
        if (lane.filesLeft().length > 0) {
          throw new Violation(`the spool is not empty: ${lane.filesLeft().join(', ')}`);
        }
      } catch (error) {
        fail(lane, error);
      }
    }
    lanes = lanes.filter((lane) => !inspected.has(lane));
  };

  let free: readonly Lane[] = all;
  while (lanes.length > 0 && !(stopsAtFirst && broken.length > 0)) {
    for (const lane of free) {
      try {
        lane.step();
      } catch (error) {
        fail(lane, error);
      }
      if (lane.hasEnded()) await letGo(lane);
    }
    await tick();
    free = free.filter((lane) => lane.posted() === undefined && !lane.isEnded() && alive.has(lane));
    if (free.length > 0) continue;
    const waiting = lanes.filter((lane) => lane.posted() !== undefined);
    if (lanes.length === 0) break;
    if (waiting.length === 0) await finish(lanes);
    else free = await turn(waiting);
    await tick();
  }
  if (broken.length === 0) {
    const left = await shared.listLeft(all.map(({ tenantId }) => tenantId));
    if (left.length > 0) broken.push({ seed: seedOf(left[0] ?? ''), error: explainLeft(left) });
  }
  return broken;
};
