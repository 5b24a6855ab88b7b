import { createRequire } from 'node:module';

export type { infer as Infer, ZodError, ZodObject, ZodRawShape, ZodType } from 'zod';

type Zod = typeof import('zod');

/** zod's messages in sixty languages, which it loads whole. The English ones, its default, it has in another file. */
const languages = 'zod/v4/locales';

/** Puts something in place of a module, from which the module itself is loaded when one of its members is asked for. */
const postpone = (require: NodeJS.Require, path: string): void => {
  const load = (): object => {
    Reflect.deleteProperty(require.cache, path);
    return require(path) as object;
  };
  const exports = new Proxy<object>(
    { __esModule: true },
    { get: (own, name): unknown => Reflect.get(name in own ? own : load(), name) },
  );
  // Node lets entries be added to its cache, and looks at no more of them than this.
  require.cache[path] ??= { loaded: true, exports } as NodeJS.Module;
};

/**
 * zod, and of its languages those that are asked for: here none is, and they are two thirds of the time that it takes
 * to load. Where a version does not hand them out, it is loaded whole.
 * @param require Of the module for which zod is loaded.
 */
export const loadZod = (require = createRequire(import.meta.url)): Zod => {
  try {
    postpone(require, require.resolve(languages));
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ERR_PACKAGE_PATH_NOT_EXPORTED') throw error;
  }
  return require('zod') as Zod;
};
