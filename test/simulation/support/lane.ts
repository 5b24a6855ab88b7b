import type { Call } from './calls.ts';
import { createCompany } from './company.ts';
import { entities } from './contracts.ts';
import { createDisk, type Disk } from './memory-disk.ts';
import { planSchedule, type Life } from './plan-schedule.ts';
import { createProcess, failureOf, type Fault, type Process, type Waiting } from './process.ts';
import { createRandom } from './random.ts';
import { runLife, type Command, type Decorate } from './run-life.ts';

/** A promise of the program's that was broken. */
export class Violation extends Error {
  override readonly name = 'Violation';
}

const startMs = Date.UTC(2024, 1, 20, 12);
const hourMs = 3_600_000;

/** How often a run may fail once nothing goes wrong any more: the first says what to repeat. */
const failuresMax = 2;

/** Turns in which nothing is ready: promises settle within one or two, on a busy machine too. */
const idleMax = 1_000;

/** Far more than any schedule takes: one that goes round for ever is told apart. */
const stepsMax = 20_000;

type Posted = { process: Process; waiting: Waiting; call: Call; fault: Fault | undefined };

/**
 * One schedule: a company, one or two machines, and the runs of commands on them, taken step by step in an order that
 * the seed decides. Calls of the warehouse are handed out, to be made together with those of other schedules.
 */
export const createLane = (
  seed: number,
  {
    tenantId,
    decorate,
    note,
  }: { tenantId: string; decorate: Decorate; note?: (line: string) => void },
) => {
  const random = createRandom(seed);
  const schedule = planSchedule(random);
  const { names } = schedule;
  let nowMs = startMs;
  // Two readings of a complete set in one millisecond cannot be told apart; versions of a record can.
  const standstill = names.every((name) => name === 'notes') ? 0.8 : 0;
  const company = createCompany(random, { names, startMs, lagMs: schedule.lagMs });
  const chosen = entities.filter(({ name }) => names.includes(name));
  const disks = new Map<string, Disk>([
    ['a', createDisk()],
    ['b', createDisk()],
  ]);
  const lives: Life[] = [...schedule.lives];
  let active: Process[] = [];
  let changesLeft = schedule.changes;
  let posted: Posted | undefined;
  let healing: { writer: 'a' | 'b'; command: Command }[] | undefined;
  let current: { writer: 'a' | 'b'; command: Command } | undefined;
  let failures = 0;
  let runs = 0;
  let stepCount = 0;
  let idle = 0;
  let broken: unknown;
  const ended: Process[] = [];
  const seen = new Map<string, number>();

  const tell = (line: string): void => note?.(`${new Date(nowMs).toISOString()} ${line}`);
  const diskOf = (writer: string): Disk => {
    const disk = disks.get(writer);
    if (disk === undefined) throw new Error(`no disk of ${writer}`);
    return disk;
  };

  const start = (life: Life): void => {
    runs += 1;
    nowMs += random.below(3) === 0 ? random.below(20 * 60_000) : random.below(3);
    const { writer, command, faults } = life;
    const name = `${writer}${runs} ${command.kind}`;
    const process = createProcess({ writer, command: name, faults });
    active.push(process);
    tell(`${name} starts; ${JSON.stringify({ ...command, faults })}`);
    const machine = {
      tenantId,
      disk: diskOf(writer),
      answer: (url: string) => {
        nowMs += random.chance(standstill) ? 0 : 1 + random.below(3);
        const body = company.answer(url, nowMs);
        if (note !== undefined)
          tell(`${name} ${url.replace(/^.*tenant/, '')} → ${body.toString()}`);
        return body;
      },
      nowMs: () => nowMs,
      pass: (ms: number) => {
        nowMs += ms;
      },
      random: random.next,
    };
    const { settings } = schedule;
    const runId = `${tenantId} run ${runs}`;
    const run = runLife(process, {
      machine,
      entities: chosen,
      command,
      settings,
      runId,
      decorate,
    });
    run.then(
      (outcome) => {
        process.state.outcome = outcome;
      },
      (error: unknown) => {
        broken ??= error;
      },
    );
  };

  const kill = (process: Process, kind: 'kill' | 'power'): void => {
    process.die();
    active = active.filter((one) => one !== process);
    ended.push(process);
    if (kind === 'power') diskOf(process.writer).losePower(random);
    for (const other of active) other.state.stalled = false;
  };

  /** What the fault does at its moment; whether the step goes on. */
  const suffer = (fault: Fault, process: Process, waiting: Waiting): boolean => {
    const key = `${fault.kind} ${fault.moment} ${fault.step}`;
    seen.set(key, (seen.get(key) ?? 0) + 1);
    tell(`${process.command}: ${key}`);
    switch (fault.kind) {
      case 'kill':
      case 'power':
        kill(process, fault.kind);
        return false;
      case 'fail':
        waiting.reject(failureOf(fault.step, random.next()));
        return false;
      case 'stall':
        process.state.stalled = true;
        return true;
      case 'stop':
        process.stop();
        return true;
    }
  };

  /** Hands the answer over, now or when its turn comes. */
  const deliver = (process: Process, waiting: Waiting, hand: () => void): void => {
    if (!process.state.stalled && random.chance(0.9)) {
      hand();
      return;
    }
    const work = { local: () => undefined };
    process.waiting.push({ ...waiting, step: 'wait', work, resolve: hand });
  };

  const perform = (process: Process, waiting: Waiting): void => {
    const fault = process.countStep(waiting.step);
    if (fault?.moment === 'before' && fault.kind === 'stall' && !process.state.stalled) {
      suffer(fault, process, waiting);
      process.waiting.push({ ...waiting, step: 'wait' });
      return;
    }
    if (fault?.moment === 'before' && !suffer(fault, process, waiting)) return;
    const after = fault?.moment === 'after' ? fault : undefined;
    if ('call' in waiting.work) {
      posted = { process, waiting, call: waiting.work.call, fault: after };
      return;
    }
    if (process.writer !== '' && note !== undefined && waiting.step !== 'wait') {
      tell(`${process.command}: ${waiting.step}`);
    }
    const answer = waiting.work.local();
    if (after !== undefined && !suffer(after, process, waiting)) return;
    waiting.resolve(answer);
  };

  /** Takes the runs that have ended out. */
  const reap = (): void => {
    for (const process of active) {
      const { outcome } = process.state;
      if (outcome === undefined) continue;
      tell(`${process.command} ended: ${outcome.ok ? 'ok' : outcome.message}`);
      active = active.filter((one) => one !== process);
      ended.push(process);
      for (const other of active) other.state.stalled = false;
      if (healing === undefined) continue;
      if (outcome.ok) {
        failures = 0;
        continue;
      }
      failures += 1;
      if (failures > failuresMax || current === undefined) {
        throw new Violation(`${process.command} does not heal: ${outcome.message}`);
      }
      healing.unshift(current);
    }
  };

  /** The commands that went wrong, repeated on each machine, and what an ordinary day brings. */
  const planHealing = (): NonNullable<typeof healing> => {
    const orders = (['a', 'b'] as const).flatMap((writer) => {
      const own = schedule.lives.filter((life) => life.writer === writer);
      const since = own.find(({ command }) => command.kind === 'sync' && command.since !== null);
      const reads = writer === 'a' || own.some(({ command }) => command.kind === 'backfill');
      const commands: Command[] = [
        ...(reads ? [{ kind: 'backfill', force: false } as const] : []),
        since?.command ?? { kind: 'sync', since: null },
      ];
      return own.length === 0 ? [] : commands.map((command) => ({ writer, command }));
    });
    if (random.chance(0.3)) orders.push({ writer: 'a', command: { kind: 'sync', since: null } });
    return orders;
  };

  const startNext = (): boolean => {
    const life = lives[0];
    const busy = (writer: string): boolean => active.some((process) => process.writer === writer);
    if (life !== undefined) {
      if (busy(life.writer)) return false;
      const waitsForOthers = active.length > 0 && active.every(({ state }) => state.stalled);
      const joins = waitsForOthers || (schedule.together && random.chance(0.1));
      if (active.length > 0 && !joins) return false;
      lives.shift();
      start(life);
      return true;
    }
    if (active.length > 0) return false;
    if (healing === undefined) {
      nowMs += hourMs;
      healing = planHealing();
      tell('from here on nothing goes wrong');
    }
    current = healing.shift();
    if (current === undefined) return false;
    start({ ...current, faults: [] });
    return true;
  };

  const isEnded = (): boolean => active.length === 0 && lives.length === 0 && healing?.length === 0;

  /** One step further, unless it waits for the warehouse. */
  const step = (): void => {
    if ((stepCount += 1) > stepsMax) throw new Violation('the schedule does not come to an end');
    if (broken !== undefined) throw broken as Error;
    reap();
    if (startNext()) return;
    if (changesLeft > 0 && healing === undefined && random.chance(0.06)) {
      changesLeft -= 1;
      tell(company.change(nowMs));
      return;
    }
    const ready = active.filter(({ waiting }) => waiting.length > 0);
    const awake = ready.filter(({ state }) => !state.stalled);
    if (awake.length === 0) for (const process of ready) process.state.stalled = false;
    const able = awake.length === 0 ? ready : awake;
    if (able.length === 0) {
      if (isEnded() || active.some(({ state }) => state.outcome !== undefined)) return;
      if ((idle += 1) > idleMax) {
        throw new Error('a run waits for something that no schedule decides');
      }
      return;
    }
    const process = random.pick(able);
    const index = random.below(process.waiting.length);
    const [waiting] = process.waiting.splice(index, 1);
    if (waiting !== undefined) perform(process, waiting);
  };

  return {
    seed,
    tenantId,
    names,
    company,
    step,
    isEnded,
    /** The call of the warehouse that the schedule waits for. */
    posted: (): Call | undefined => posted?.call,
    /** What it came to; whether the program gets to know. */
    answer: (result: { value: unknown } | { error: unknown }): boolean => {
      if (posted === undefined) throw new Error('no call was posted');
      const { process, waiting, fault, call } = posted;
      posted = undefined;
      tell(
        `${process.command}: ${call.kind}${'error' in result ? ` ${String(result.error)}` : ''}`,
      );
      if (fault !== undefined && !suffer(fault, process, waiting)) return false;
      deliver(process, waiting, () => {
        if ('error' in result) waiting.reject(result.error);
        else waiting.resolve(result.value);
      });
      return true;
    },
    /** Programs that ended or died since the last time, so that what they held can be taken from them. */
    takeEnded: (): Process[] => ended.splice(0),
    hasEnded: (): boolean => ended.length > 0,
    /** The process whose call is posted. */
    caller: (): Process | undefined => posted?.process,
    filesLeft: (): string[] =>
      [...disks].flatMap(([writer, disk]) => disk.list().map((path) => `${writer}:${path}`)),
    seen: (): ReadonlyMap<string, number> => seen,
  };
};

export type Lane = ReturnType<typeof createLane>;
