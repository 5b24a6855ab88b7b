import { stoppedExitCode } from '../errors.ts';

/**
 * Aborts on the first Ctrl-C or SIGTERM, so that the run ends cleanly; the second one exits at once.
 * @returns the signal, and a function that gives the keys back.
 */
export const listenForStop = (onStop: () => void): { signal: AbortSignal; release: () => void } => {
  const abort = new AbortController();
  const stop = (): void => {
    if (abort.signal.aborted) process.exit(stoppedExitCode);
    onStop();
    abort.abort();
  };
  process.on('SIGINT', stop);
  process.on('SIGTERM', stop);
  return {
    signal: abort.signal,
    release: () => {
      process.off('SIGINT', stop);
      process.off('SIGTERM', stop);
    },
  };
};
