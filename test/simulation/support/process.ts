import { WarehouseError } from '../../../src/errors.ts';
import { HttpFailure } from '../../../src/http/failure.ts';
import type { Call } from './calls.ts';

/** Something that a program does to the world outside of it: the places at which it may die. */
export type Step =
  | 'fetch'
  | 'wait'
  | 'records open'
  | 'records write'
  | 'records sync'
  | 'records cut'
  | 'journal open'
  | 'journal write'
  | 'journal sync'
  | 'journal rename'
  | 'spool remove'
  | 'read controls'
  | 'plan streams'
  | 'restart streams'
  | 'record runs'
  | 'stage'
  | 'commit'
  | 'drop staged';

/**
 * What goes wrong, at the n-th time of a step, before it is carried out or after it, when its answer would come.
 * - `kill`: the program is gone; `power`: the machine is, and with it what was not synced.
 * - `fail`: the step fails, or is said to have failed; `times` in a row.
 * - `stall`: the program stands still until another one has ended.
 * - `stop`: it is asked to stop, as by Ctrl-C.
 */
export type Fault = {
  step: Step;
  nth: number;
  moment: 'before' | 'after';
  kind: 'kill' | 'power' | 'fail' | 'stall' | 'stop';
  times: number;
};

type Work = { local: () => unknown } | { call: Call };

/** A step that waits for its turn. */
export type Waiting = {
  step: Step;
  work: Work;
  resolve: (value: unknown) => void;
  reject: (error: unknown) => void;
};

export type Outcome = { ok: boolean; message: string; error?: unknown };

/** One run of a command, from its start until it ends or dies. */
export const createProcess = (facts: {
  writer: string;
  command: string;
  faults: readonly Fault[];
}) => {
  const waiting: Waiting[] = [];
  const counts = new Map<Step, number>();
  const stop = new AbortController();
  const state = {
    dead: false,
    stalled: false,
    outcome: undefined as Outcome | undefined,
  };

  const perform = (step: Step, work: Work): Promise<unknown> =>
    new Promise((resolve, reject) => {
      if (!state.dead) waiting.push({ step, work, resolve, reject });
    });

  return {
    ...facts,
    state,
    waiting,
    signal: stop.signal,
    stop: (): void => {
      stop.abort();
    },
    /** Does something in this program's memory's reach; the promise stays open when the program dies first. */
    local: async <T>(step: Step, work: () => T | Promise<T>): Promise<T> =>
      (await perform(step, { local: work })) as T,
    call: async <T>(step: Step, call: Call): Promise<T> => (await perform(step, { call })) as T,
    /** What goes wrong at this step now, if anything. */
    countStep: (step: Step): Fault | undefined => {
      const count = (counts.get(step) ?? 0) + 1;
      counts.set(step, count);
      return facts.faults.find(
        (fault) => fault.step === step && fault.nth <= count && count < fault.nth + fault.times,
      );
    },
    die: (): void => {
      state.dead = true;
      waiting.length = 0;
    },
  };
};

export type Process = ReturnType<typeof createProcess>;

/** The error of a step that fails. */
export const failureOf = (step: Step, roll: number): Error => {
  if (step === 'fetch') {
    const failures = [
      new HttpFailure('status', { host: 'small.test', status: 429, retryAfterMs: 2000 }),
      new HttpFailure('status', { host: 'small.test', status: 500 }),
      new HttpFailure('status', { host: 'small.test', status: 503 }),
      new HttpFailure('cut', { host: 'small.test' }),
      new HttpFailure('timeout', { host: 'small.test' }),
    ];
    return failures[Math.floor(roll * failures.length)] ?? new HttpFailure('cut');
  }
  if (/^(?:records|journal|spool)/.test(step)) {
    return Object.assign(new Error('no space left'), { code: 'ENOSPC' });
  }
  return new WarehouseError(`Cannot ${step}: pulled the plug; repeat the command`);
};
