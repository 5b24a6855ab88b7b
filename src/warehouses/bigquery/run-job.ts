import { setTimeout as wait } from 'node:timers/promises';
import { WarehouseError } from '../../errors.ts';
import type { Api, Inserted } from './api.ts';
import { mayPassAnew } from './failure.ts';
import type { Job } from './job.ts';
import { delayMsOf, type Pace } from './send.ts';

export type JobLimits = {
  /** Attempts of one job, each under an id of its own. */
  jobAttemptsMax: number;
  /** A job that runs longer is cancelled. */
  jobRunMsMax: number;
};

export type JobDeps = { api: Api; pace: Pace; limits: JobLimits };

export type JobOrder = {
  /** The id without the attempt's number: the same for the same work. */
  id: string;
  /** What it does, for messages: `commit jobs`. */
  action: string;
  /** Sends the job under the id given. */
  insert: (id: string) => Promise<Inserted>;
  /** Whether what a job of an earlier process left is still there. Default: it is. */
  isThere?: () => Promise<boolean>;
  /** Ask for the job before it is sent: where sending is dear. */
  askFirst?: boolean;
  /** Called with each job that was sent here once it has ended, also one that failed. */
  onEnd: (job: Job) => void;
};

/** How a job came to its end. */
export type Finished = {
  job: Job;
  /** It had been sent before this call. */
  found: boolean;
};

const pollMsMin = 50;
const pollMsMax = 2_000;

/** Ids that an earlier process may have used up with failures; a bound against going round for ever. */
const knownAttemptsMax = 1_000;

const cancel = async ({ api }: JobDeps, id: string): Promise<void> => {
  try {
    await api.cancelJob(id);
  } catch {
    // It ends by its own timeout.
  }
};

const waitFor = async (deps: JobDeps, id: string, action: string): Promise<Job> => {
  const { api, limits } = deps;
  let waited = 0;
  for (let delay = pollMsMin; ; delay = Math.min(pollMsMax, delay * 1.5)) {
    const job = await api.getJob(id);
    if (job?.done === true) return job;
    if (waited >= limits.jobRunMsMax) break;
    await wait(delay);
    waited += delay;
  }
  await cancel(deps, id);
  throw new WarehouseError(
    `Cannot ${action}: job ${id} still ran after ${Math.round(limits.jobRunMsMax / 60_000)} minutes and was ` +
      'cancelled; repeat the command, and look at the job in the console if it stays so',
  );
};

const begin = async (
  { api }: JobDeps,
  { insert, askFirst = false }: JobOrder,
  id: string,
): Promise<Inserted> => {
  if (askFirst && (await api.getJob(id)) !== null) return 'exists';
  return insert(id);
};

/**
 * Runs a job to its end under an id of ours: `<id>_1`, and the next number only when the one before is known to have
 * failed. An id that was used before is looked up: whatever crashed or was not heard, the work is done once.
 * @throws BigqueryFailure when the job fails for good.
 */
export const runJob = async (deps: JobDeps, order: JobOrder): Promise<Finished> => {
  const { pace, limits } = deps;
  let own = 0;
  for (let attempt = 1; attempt <= knownAttemptsMax; attempt += 1) {
    const id = `${order.id}_${attempt}`;
    const found = (await begin(deps, order, id)) === 'exists';
    const job = await waitFor(deps, id, order.action);
    if (!found) order.onEnd(job);
    if (job.failure === null) {
      if (!found || (await (order.isThere?.() ?? true))) return { job, found };
      continue;
    }
    if (found) continue;
    own += 1;
    if (!mayPassAnew(job.failure) || own >= limits.jobAttemptsMax) throw job.failure;
    await pace.sleep(delayMsOf(pace, own));
  }
  throw new WarehouseError(
    `Cannot ${order.action}: its job failed ${knownAttemptsMax} times; look at ${order.id}_1 in the console`,
  );
};
