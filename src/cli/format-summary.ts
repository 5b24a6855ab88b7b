import type { Figures } from './io.ts';

type Ended = { command: string; outcome: string; durationMs: number; runId: string };

/** `rowsRead` → `rows read`. */
const toWords = (name: string): string =>
  name.replace(/[A-Z]/g, (letter) => ` ${letter.toLowerCase()}`);

/** One line for a person: how a run ended, how long it took, and what it counted. */
export const formatSummary = (ended: Ended, figures: Figures): string => {
  const counts = Object.entries(figures)
    .filter((entry): entry is [string, number] => typeof entry[1] === 'number')
    .map(([name, count]) => `${toWords(name)} ${count.toLocaleString('en-US')}`);
  const seconds = `${(ended.durationMs / 1000).toFixed(1)} s`;
  const end = `${ended.command} ended: ${ended.outcome}`;
  return `${[end, seconds, ...counts].join(', ')} (run ${ended.runId.slice(0, 8)})`;
};
