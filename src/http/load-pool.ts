import { createRequire } from 'node:module';
import type { Dispatcher, Pool } from 'undici';

type Load = (name: string) => unknown;

/** Says that a library has no such file, or does not hand it out. */
const isMissing = (error: unknown): boolean =>
  ['MODULE_NOT_FOUND', 'ERR_PACKAGE_PATH_NOT_EXPORTED'].includes(
    String((error as NodeJS.ErrnoException).code),
  );

/** What undici's own first file does for each of its five ways to ask: one is enough here. */
const loadParts = (load: Load): typeof Pool => {
  const pool = load('undici/lib/dispatcher/pool.js') as typeof Pool;
  const dispatcher = load('undici/lib/dispatcher/dispatcher.js') as typeof Dispatcher;
  const request = load('undici/lib/api/api-request.js') as Dispatcher['request'];
  Object.assign(dispatcher.prototype, { request });
  return pool;
};

/**
 * undici's `Pool`, of which only `request` is to be used. The whole library is 111 files, with those of `fetch`, caches
 * and proxies, and loads Node's own copy of itself besides: three quarters of the time that this takes. It names the
 * parts nowhere, so that another version may have them elsewhere: then it is loaded whole.
 * @param load How a file of a library is loaded.
 */
export const loadPool = (load: Load = createRequire(import.meta.url)): typeof Pool => {
  try {
    return loadParts(load);
  } catch (error) {
    if (!isMissing(error)) throw error;
    return (load('undici') as { Pool: typeof Pool }).Pool;
  }
};
