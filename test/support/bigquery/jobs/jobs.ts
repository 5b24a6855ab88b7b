import { randomUUID } from 'node:crypto';
import { explainFailure } from '../engine/explain-failure.ts';
import type { ArmedEffect, Faults } from '../faults.ts';
import { BadFileError, runLoad } from '../load/run-load.ts';
import { Refusal, refusals, toErrorProto, type ErrorProto } from '../refusals.ts';
import type { Report } from '../sql/run-script.ts';
import type { World } from '../world.ts';
import type { JobRequest } from './configuration.ts';
import { findLocation } from './find-location.ts';
import { nameJob, type Job } from './job.ts';
import { runCopy } from './run-copy.ts';
import { runQuery, writeStatistics } from './run-query.ts';

/** The project's jobs. */
export type Jobs = {
  /**
   * Accepts a job, which then works by itself; or, of a dry run, does all there is to do.
   * @param file What a load job loads.
   * @throws Refusal when the job is not accepted.
   */
  insert: (request: JobRequest, file: Buffer | undefined) => Promise<Job>;
  /** @throws Refusal when the job's id is taken. */
  checkFree: (request: JobRequest) => void;
  /** @throws Refusal when there is none, or when it is in another location and that was not named. */
  find: (jobId: string, location: string | null) => Job;
  /** Counts as asking about the job; waits for its end unless it is slow or held. */
  settle: (job: Job) => Promise<void>;
  cancel: (job: Job) => Promise<void>;
  /** Of those that are done, forgets texts and rows; what they came to stays known. */
  forget: () => void;
  /** Newest first. */
  list: () => Job[];
};

/** Where a job is looked for that is asked for without its location. */
const anywhere = ['us', 'eu'];

const toErrors = (error: unknown): ErrorProto[] =>
  error instanceof BadFileError ? error.errors : [toErrorProto(explainFailure(error))];

const toRefusal = ({ reason, message, location }: ErrorProto): Refusal =>
  new Refusal(reason, message, location);

const createJob = (request: JobRequest, location: string, nowMs: number): Job => ({
  jobId: request.jobReference?.jobId ?? `job_${randomUUID().replaceAll('-', '')}`,
  location,
  configuration: request.configuration,
  ...{ state: 'PENDING', errorResult: undefined, errors: [], result: undefined },
  ...{ creationTime: nowMs, startTime: undefined, endTime: undefined },
  ...{ statistics: {}, parentJobId: undefined, pollsLeft: 0, work: undefined },
  ...{ isHeld: false, holdListeners: new Set(), isStopped: false, stop: () => undefined },
});

/** Lets faults and the wish to stop in, before a statement or before the rows of a file are stored. */
const createChecks = (job: Job, effects: readonly ArmedEffect[]) => {
  const stopped = new Promise<void>((resolve) => {
    job.stop = () => {
      job.isStopped = true;
      resolve();
    };
  });
  const used = new Set<ArmedEffect>();
  return async (text: string): Promise<void> => {
    for (const armed of effects) {
      const { effect } = armed;
      if (effect.kind === 'slowJob' || used.has(armed)) continue;
      if (effect.at?.test(text) === false) continue;
      if (effect.kind === 'failJob' && effect.afterWork === true) continue;
      used.add(armed);
      if (effect.kind === 'failJob') throw toRefusal(effect.error);
      job.isHeld = true;
      for (const tell of job.holdListeners) tell();
      armed.arrive();
      await Promise.race([armed.released, stopped]);
      job.isHeld = false;
    }
    if (job.isStopped)
      throw new Refusal('stopped', 'Job execution was cancelled: User requested cancellation');
  };
};

export const createJobs = (world: World, faults: Faults): Jobs => {
  const jobs = new Map<string, Job>();
  /** Those that have not been forgotten. */
  let fresh: Job[] = [];
  const nowMs = (): number => world.now().getTime();
  const keyOf = (jobId: string, location: string): string => `${location.toLowerCase()}.${jobId}`;

  const addChildren = (parent: Job, reports: readonly Report[]): void => {
    const stem = `script_job_${randomUUID().replaceAll('-', '')}`;
    reports.forEach((report, index) => {
      const child: Job = {
        ...parent,
        jobId: `${stem}_${index}`,
        parentJobId: parent.jobId,
        configuration: {
          ...parent.configuration,
          query: { query: report.text, useLegacySql: false },
        },
        ...{ state: 'DONE', endTime: nowMs(), result: report.outcome.result },
        statistics: {
          ...writeStatistics(report.plan.statementType, [report], false),
          parentJobId: parent.jobId,
          scriptStatistics: { evaluationKind: report.kind, stackFrames: [] },
        },
      };
      jobs.set(keyOf(child.jobId, child.location), child);
      fresh.push(child);
    });
    if (reports.length > 0) parent.statistics.numChildJobs = String(reports.length);
  };

  const carryOut = async (job: Job, file: Buffer | undefined, effects: ArmedEffect[]) => {
    const before = createChecks(job, effects);
    const session = await world.database.connect();
    try {
      const { query, load, copy } = job.configuration;
      if (query !== undefined) {
        const { location } = job;
        const outcome = await runQuery({ world, session, location, isDry: false, before }, query);
        Object.assign(job, { statistics: outcome.statistics, result: outcome.result });
        addChildren(job, outcome.children);
      }
      if (load !== undefined) {
        const beforeRows = () => before('');
        const deps = { world, session, before: beforeRows };
        job.statistics = { load: await runLoad(deps, load, file ?? Buffer.alloc(0)) };
      }
      if (copy !== undefined) {
        await before('');
        job.statistics = { copy: await runCopy(world, session, copy) };
      }
    } finally {
      session.close();
    }
    for (const { effect } of effects) {
      if (effect.kind === 'failJob' && effect.afterWork === true) throw toRefusal(effect.error);
    }
  };

  const work = async (job: Job, file: Buffer | undefined, effects: ArmedEffect[]) => {
    job.state = 'RUNNING';
    job.startTime = nowMs();
    try {
      await carryOut(job, file, effects);
    } catch (error) {
      job.errors = toErrors(error);
      job.errorResult = job.errors[0];
      job.result = undefined;
    }
    job.state = 'DONE';
    job.endTime = nowMs();
  };

  const runDry = async (job: Job): Promise<Job> => {
    const { query } = job.configuration;
    if (query === undefined) throw refusals.unsupported('dry runs of anything but queries');
    const session = await world.database.connect();
    try {
      const before = () => Promise.resolve();
      const deps = { world, session, location: job.location, isDry: true, before };
      const { statistics } = await runQuery(deps, query);
      return { ...job, state: 'DONE', statistics };
    } catch (error) {
      throw explainFailure(error);
    } finally {
      session.close();
    }
  };

  const pending = new WeakMap<Job, () => void>();
  const start = (job: Job): void => {
    pending.get(job)?.();
    pending.delete(job);
  };

  const checkFree = ({ jobId, location }: Pick<Job, 'jobId' | 'location'>): void => {
    if (!jobs.has(keyOf(jobId, location))) return;
    throw refusals.duplicate(`Job ${nameJob(world.projectId, { jobId, location })}`);
  };

  return {
    checkFree: (request) => {
      checkFree({
        jobId: request.jobReference?.jobId ?? '',
        location: findLocation(world, request),
      });
    },
    insert: async (request, file) => {
      const { projectId, access } = world;
      access.check('bigquery.jobs.create', { kind: 'project', projectId });
      const job = createJob(request, findLocation(world, request), nowMs());
      if (request.configuration.dryRun === true) return runDry(job);
      checkFree(job);
      if (request.configuration.load !== undefined && file === undefined) {
        throw refusals.unsupported('load jobs without an upload');
      }
      const { labels, query } = request.configuration;
      const effects = faults.findForJob({ jobId: job.jobId, labels, sql: query?.query });
      jobs.set(keyOf(job.jobId, job.location), job);
      fresh.push(job);
      for (const { effect } of effects)
        if (effect.kind === 'slowJob') job.pollsLeft += effect.polls;
      pending.set(job, () => {
        job.work = work(job, file, effects);
      });
      if (job.pollsLeft === 0) start(job);
      return job;
    },
    find: (jobId, location) => {
      const places = location === null ? anywhere : [location];
      for (const place of places) {
        const found = jobs.get(keyOf(jobId, place));
        if (found !== undefined) return found;
      }
      const name =
        location === null
          ? `${world.projectId}:${jobId}`
          : nameJob(world.projectId, { jobId, location });
      throw refusals.notFound(`Job ${name}`);
    },
    settle: async (job) => {
      if (job.pollsLeft > 0) {
        job.pollsLeft -= 1;
        return;
      }
      start(job);
      if (job.state !== 'DONE' && !job.isHeld) await waitForHoldOrEnd(job);
    },
    cancel: async (job) => {
      job.pollsLeft = 0;
      if (job.work === undefined) {
        job.errors = [
          toErrorProto(
            new Refusal('stopped', 'Job execution was cancelled: User requested cancellation'),
          ),
        ];
        job.errorResult = job.errors[0];
        job.state = 'DONE';
        job.endTime = nowMs();
        pending.delete(job);
        return;
      }
      job.stop();
      await job.work;
    },
    forget: () => {
      for (const job of fresh) if (job.state === 'DONE') forgetWork(job);
      fresh = fresh.filter(({ state }) => state !== 'DONE');
    },
    list: () => [...jobs.values()].reverse(),
  };
};

const forgetWork = (job: Job): void => {
  const { query, load } = job.configuration;
  job.result = undefined;
  job.stop = () => undefined;
  if (query !== undefined) {
    job.configuration = { ...job.configuration, query: { query: '', useLegacySql: false } };
  }
  if (load !== undefined) {
    job.configuration = { ...job.configuration, load: { ...load, schema: undefined } };
  }
};

/** Until the job's end, or until someone holds it up. */
const waitForHoldOrEnd = async (job: Job): Promise<void> => {
  let stopListening = (): void => undefined;
  const held = new Promise<void>((resolve) => {
    job.holdListeners.add(resolve);
    stopListening = () => job.holdListeners.delete(resolve);
  });
  await Promise.race([job.work, held]);
  stopListening();
};
