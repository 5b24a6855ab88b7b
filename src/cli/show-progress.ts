import { clearLine, cursorTo } from 'node:readline';
import type { Progress } from '../pipeline/move-stream.ts';

export type ProgressDisplay = {
  update: (progress: Progress) => void;
  end: () => void;
};

/** Where there is no terminal, log lines tell the story. */
export const silentProgress: ProgressDisplay = { update: () => undefined, end: () => undefined };

/**
 * A bar on a terminal: parts (windows, feeds, whole entities) finished, rows, rows a second, time left. Its library is
 * loaded only here: most runs have no terminal.
 * @param clock milliseconds, for the rate.
 */
export const showProgress = async (clock: () => number): Promise<ProgressDisplay> => {
  const { default: cliProgress } = await import('cli-progress');
  const bar = new cliProgress.SingleBar(
    {
      format:
        '{bar} {value}/{total} parts | {rows} rows | {rate} rows/s | {eta_formatted} left | {entity}',
      stream: process.stderr,
      hideCursor: true,
      etaBuffer: 200,
      clearOnComplete: true,
      forceRedraw: true,
    },
    cliProgress.Presets.shades_classic,
  );
  const startedAt = clock();
  let rows = 0;
  let state: 'new' | 'shown' | 'ended' = 'new';
  return {
    update: (progress) => {
      if (state === 'ended') return;
      if (progress.kind === 'planned') {
        if (state === 'shown') bar.setTotal(bar.getTotal() + progress.parts);
        else bar.start(progress.parts, 0, { rows: '0', rate: '0', entity: '' });
        state = 'shown';
      }
      if (progress.kind === 'page') {
        rows += progress.rows;
        const seconds = Math.max((clock() - startedAt) / 1000, 0.001);
        bar.update({
          rows: rows.toLocaleString('en-US'),
          rate: Math.round(rows / seconds).toLocaleString('en-US'),
          entity: progress.entity,
        });
      }
      if (progress.kind === 'finished') bar.increment();
    },
    end: () => {
      if (state === 'shown') {
        bar.stop();
        clearLine(process.stderr, 0);
        cursorTo(process.stderr, 0);
      }
      state = 'ended';
    },
  };
};
