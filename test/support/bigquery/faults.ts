import type { ErrorProto } from './refusals.ts';

/** An answer as it goes over the wire; an object as JSON, a text as it is. */
export type Answer = {
  status: number;
  body: unknown;
  headers?: Readonly<Record<string, string>>;
};

/** What a fault is for; whatever is left out matches everything. */
export type Match = {
  method?: string;
  /** Of the path with its query. */
  path?: RegExp;
  jobId?: RegExp;
  /** All of these labels. */
  labels?: Readonly<Record<string, string>>;
  /** Of the job's SQL. */
  sql?: RegExp;
};

/** What goes wrong with a request. */
export type RequestEffect =
  /** Answered like this, the work undone; or done, with `afterWork`. */
  | { kind: 'answer'; answer: Answer; afterWork?: boolean }
  /** The connection dies: before anything is done, or when all is done and the answer would go out. */
  | { kind: 'lose'; what: 'request' | 'answer' }
  /** Nothing is answered until the stand-in is closed: nothing is done, or all. */
  | { kind: 'hang'; what: 'request' | 'answer' }
  /** The connection dies in the middle of the answer. */
  | { kind: 'truncate' }
  /** Of a chunk that is uploaded, only the first bytes arrive, and then the connection dies. */
  | { kind: 'keepBytes'; bytes: number }
  /** The session of an upload is gone. */
  | { kind: 'forgetUpload' };

/** What goes wrong with a job. `at` is for scripts: before the first statement whose text matches. */
export type JobEffect =
  /** The job ends with this error, nothing of it done; or with all of it done, with `afterWork`. */
  | { kind: 'failJob'; error: ErrorProto; at?: RegExp; afterWork?: boolean }
  /** It is asked about this often before it begins to work. */
  | { kind: 'slowJob'; polls: number }
  /** It waits until it is released. */
  | { kind: 'holdJob'; at?: RegExp };

export type Fault = Match & {
  effect: RequestEffect | JobEffect;
  /** How many matches pass first; default 0. */
  skip?: number;
  /** How many are hit; default 1. */
  times?: number;
};

export type FaultHandle = {
  hits: () => number;
  remove: () => void;
  /** Of `holdJob`: resolves when a job has come to the place. */
  reached: Promise<void>;
  /** Of `holdJob`: lets every held job go on. */
  release: () => void;
};

/** What a fault is matched with. */
export type Subject = {
  method?: string;
  path?: string;
  jobId?: string | undefined;
  labels?: Readonly<Record<string, string>> | undefined;
  sql?: string | undefined;
};

export type Faults = {
  add: (fault: Fault) => FaultHandle;
  findForRequest: (subject: Subject) => RequestEffect | undefined;
  /** All that a job is to suffer; chosen once, when it is accepted. */
  findForJob: (subject: Subject) => ArmedEffect[];
};

/** An effect on a job with the means to hold it. */
export type ArmedEffect = { effect: JobEffect; arrive: () => void; released: Promise<void> };

type Armed = {
  fault: Fault;
  seen: number;
  hits: number;
  arrive: () => void;
  released: Promise<void>;
};

const matchesText = (pattern: RegExp | undefined, text: string | undefined): boolean =>
  pattern === undefined || (text !== undefined && pattern.test(text));

const matchesLabels = (wanted: Match['labels'], labels: Subject['labels']): boolean =>
  Object.entries(wanted ?? {}).every(([name, value]) => labels?.[name] === value);

const matches = (fault: Fault, subject: Subject): boolean =>
  (fault.method === undefined || fault.method === subject.method) &&
  matchesText(fault.path, subject.path) &&
  matchesText(fault.jobId, subject.jobId) &&
  matchesText(fault.sql, subject.sql) &&
  matchesLabels(fault.labels, subject.labels);

const isForJob = (effect: Fault['effect']): effect is JobEffect =>
  effect.kind === 'failJob' || effect.kind === 'slowJob' || effect.kind === 'holdJob';

const createGate = (): { promise: Promise<void>; open: () => void } => {
  let open = (): void => undefined;
  const promise = new Promise<void>((resolve) => {
    open = resolve;
  });
  return { promise, open };
};

export const createFaults = (): Faults => {
  const armed: Armed[] = [];

  const hit = (one: Armed, subject: Subject): boolean => {
    const { fault } = one;
    if (!matches(fault, subject)) return false;
    one.seen += 1;
    const isHit = one.seen > (fault.skip ?? 0) && one.hits < (fault.times ?? 1);
    if (isHit) one.hits += 1;
    return isHit;
  };

  return {
    add: (fault) => {
      const [reached, released] = [createGate(), createGate()];
      const one: Armed = {
        ...{ fault, seen: 0, hits: 0 },
        ...{ arrive: reached.open, released: released.promise },
      };
      armed.push(one);
      return {
        hits: () => one.hits,
        remove: () => {
          const at = armed.indexOf(one);
          if (at >= 0) armed.splice(at, 1);
        },
        reached: reached.promise,
        release: released.open,
      };
    },
    findForRequest: (subject) => {
      const found = armed.find((one) => !isForJob(one.fault.effect) && hit(one, subject));
      return found?.fault.effect as RequestEffect | undefined;
    },
    findForJob: (subject) =>
      armed.flatMap((one) => {
        const { effect } = one.fault;
        if (!isForJob(effect) || !hit(one, subject)) return [];
        return [{ effect, arrive: one.arrive, released: one.released }];
      }),
  };
};
