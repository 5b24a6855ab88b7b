import { crashSteps } from './plan-schedule.ts';

/** Crashes that no schedule had: a program that dies before a step, or after it and before it knows. */
export const findUnstruck = (seen: ReadonlyMap<string, number>): string[] =>
  crashSteps
    .flatMap((step) => [`before ${step}`, `after ${step}`])
    .filter((moment) => !seen.has(`kill ${moment}`) || !seen.has(`fail ${moment}`));
