import type { FailureFacts } from './failure.ts';

/** Larger error bodies are not worth reading. */
const problemBytesMax = 64 * 1024;

type Problem = { title: string; traceId: string; fields: string[] };

const noProblem: Problem = { title: '', traceId: '', fields: [] };

/** More faulty parameters than this are not worth a message. */
const fieldsMax = 10;

const textOf = (value: unknown): string => (typeof value === 'string' ? value : '');

/** The names of what is wrong, never the words about it: those may quote what was sent or found. */
const namesOf = (errors: unknown): string[] =>
  Object.keys(Object(errors) as object)
    .filter((name) => /^[A-Za-z][\w.[\]-]{0,63}$/.test(name))
    .slice(0, fieldsMax);

/** The members of a problem-details body that matter; empty for anything else, such as a proxy's HTML. */
const readProblem = (body: Buffer): Problem => {
  if (body.length > problemBytesMax) return noProblem;
  try {
    const problem: unknown = JSON.parse(body.toString('utf8'));
    const { title, traceId, errors } = Object(problem) as Record<string, unknown>;
    return { title: textOf(title), traceId: textOf(traceId), fields: namesOf(errors) };
  } catch {
    return noProblem;
  }
};

const msOfHeader = (header: string, now: number): number | undefined => {
  if (/^\d{1,9}(\.\d+)?$/.test(header)) return Math.ceil(Number(header) * 1000);
  const instant = Date.parse(header);
  return Number.isNaN(instant) ? undefined : Math.max(0, instant - now);
};

const msOfTitle = (title: string): number | undefined => {
  const seconds = /try again in (\d{1,9}) second/i.exec(title)?.[1];
  return seconds === undefined ? undefined : Number(seconds) * 1000;
};

/**
 * What an answer outside 2xx says: the trace id, the names of faulty parameters, and how long to wait: `Retry-After` in
 * seconds or as a date, else the "try again in N seconds" that the API writes into the title of a 429.
 */
export const readRefusal = (answer: {
  retryAfter: string | undefined;
  body: Buffer;
  now: number;
}): Pick<FailureFacts, 'traceId' | 'fields' | 'retryAfterMs'> => {
  const { title, traceId, fields } = readProblem(answer.body);
  const header = answer.retryAfter?.trim() ?? '';
  const retryAfterMs = msOfHeader(header, answer.now) ?? msOfTitle(title);
  return {
    ...(/^[\w|.:-]{1,128}$/.test(traceId) ? { traceId } : {}),
    ...(fields.length === 0 ? {} : { fields }),
    ...(retryAfterMs === undefined ? {} : { retryAfterMs }),
  };
};
