import type { ErrorProto } from '../refusals.ts';
import type { ResultSet } from '../sql/plan.ts';
import type { Configuration } from './configuration.ts';

export type JobState = 'PENDING' | 'RUNNING' | 'DONE';

/** A job, from the moment its request was accepted. Instants are milliseconds since 1970. */
export type Job = {
  jobId: string;
  location: string;
  configuration: Configuration;
  state: JobState;
  errorResult: ErrorProto | undefined;
  errors: ErrorProto[];
  creationTime: number;
  startTime: number | undefined;
  endTime: number | undefined;
  /** The parts of `statistics` that the work itself tells, as the API has them. */
  statistics: Record<string, unknown>;
  result: ResultSet | undefined;
  parentJobId: string | undefined;
  /** How often it is still asked about before it begins. */
  pollsLeft: number;
  /** The work, once it has begun; it never rejects. */
  work: Promise<void> | undefined;
  /** Someone holds the work up, so that waiting for its end would take for ever. */
  isHeld: boolean;
  /** Told as soon as it is held. */
  holdListeners: Set<() => void>;
  /** Ends the work at the next occasion. */
  stop: () => void;
  isStopped: boolean;
};

/** `project:location.job`, as Google's messages name a job. */
export const nameJob = (
  projectId: string,
  { location, jobId }: Pick<Job, 'location' | 'jobId'>,
): string => `${projectId}:${location}.${jobId}`;
