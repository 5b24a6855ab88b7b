import type { Purpose } from './session.ts';

/** Labels take lower-case letters, digits, dashes and underscores, up to 63. */
const toLabel = (text: string): string =>
  text
    .toLowerCase()
    .replace(/[^a-z0-9_-]/g, '_')
    .slice(0, 63);

/** The labels of a job, by which its cost is found again in Google's own reports. */
export const labelsOf = (runId: string, { entity, step }: Purpose): Record<string, string> => ({
  fieldmart_run: toLabel(runId),
  fieldmart_entity: toLabel(entity),
  fieldmart_step: step,
});
