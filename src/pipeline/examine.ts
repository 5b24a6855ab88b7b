import pLimit from 'p-limit';
import type { Examination } from '../model.ts';

/** One line of the doctor's. */
export type Finding = {
  about: string;
  verdict: 'ok' | 'wrong' | 'skipped';
  /** What was found; where it is wrong, with the mend; where it was not looked at, since when. */
  text: string;
  /** Of the error that was found; 0 where nothing is wrong. */
  exitCode: number;
};

/** Looks at once: each is a request or two. */
const looksInFlight = 6;

const exitCodeOf = (error: unknown): number | undefined =>
  error instanceof Error && 'exitCode' in error ? Number(error.exitCode) : undefined;

/** Several errors of one look are a line each. */
const errorsOf = (error: unknown): readonly unknown[] =>
  error instanceof AggregateError ? (error.errors as unknown[]) : [error];

const toWrong = (about: string, error: unknown): Finding => {
  const exitCode = exitCodeOf(error);
  // Anything but an operating error is a bug, and crashes as one.
  if (exitCode === undefined || !(error instanceof Error)) throw error;
  return { about, verdict: 'wrong', text: error.message.replace(/\s*\n\s*/g, ' '), exitCode };
};

const look = async ({ about, look: ask }: Examination): Promise<Finding[]> => {
  try {
    return [{ about, verdict: 'ok', text: await ask(), exitCode: 0 }];
  } catch (error) {
    return errorsOf(error).map((one) => toWrong(about, one));
  }
};

const isWell = (findings: readonly Finding[]): boolean =>
  findings.every(({ verdict }) => verdict === 'ok');

/**
 * Looks at everything, several at once, whatever is found; an examination is skipped when one that it needs is not well.
 * @returns the findings in the order of the examinations.
 * @throws whatever is thrown that is no operating error: a bug.
 */
export const examine = async (examinations: readonly Examination[]): Promise<Finding[]> => {
  const limit = pLimit(looksInFlight);
  const begun = new Map<string, Promise<Finding[]>>();
  const begin = async (examination: Examination): Promise<Finding[]> => {
    const { about, needs = [] } = examination;
    for (const need of needs) {
      const found = await begun.get(need);
      if (found === undefined)
        throw new Error(`${about} needs ${need}, which comes later or never`);
      if (isWell(found)) continue;
      // The first cause is what a person has to mend.
      const cause = found.find(({ verdict }) => verdict === 'skipped')?.text;
      const text = cause ?? `not looked at, since ${need} is wrong`;
      return [{ about, verdict: 'skipped', text, exitCode: 0 }];
    }
    return limit(look, examination);
  };
  for (const examination of examinations) begun.set(examination.about, begin(examination));
  return (await Promise.all(begun.values())).flat();
};
