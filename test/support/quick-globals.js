import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import swc from '@swc/jest';

/**
 * What a module finds by itself and no test replaces. Jest runs tests in a context of their own, where Node answers each
 * use of a global by a call into C++: a third of the time that the sandbox took to make a company. As constants of the
 * module they cost nothing.
 */
const names = [
  ...['Array', 'BigInt', 'Boolean', 'Buffer', 'Infinity', 'JSON', 'Map', 'Math', 'NaN', 'Number'],
  ...['Object', 'Promise', 'RegExp', 'Set', 'String', 'Symbol', 'URL', 'Uint8Array'],
];

/** Any use of one, also after a spread's three dots; no member, and nothing quoted. */
const uses = new RegExp(`(?:(?<=\\.\\.\\.)|(?<![\\w$.'"]))(?:${names.join('|')})(?![\\w$'"])`, 'g');

/** What a module declares or imports at its top. One that is overlooked ends in a SyntaxError, which names it. */
const declarations =
  /^(?:export )?(?:const|let|var|class|function|async function) (\w+)|^import ([^;]*?) from /gm;

const declaredIn = (code) =>
  [...code.matchAll(declarations)].flatMap(
    ([, declared, imported]) => (declared ?? imported).match(/\w+/g) ?? [],
  );

/** Puts the globals that the code uses before it, on its first line, so that lines stay what they are. */
const withConstants = (code) => {
  const declared = new Set(declaredIn(code));
  const used = [...new Set(code.match(uses))].filter((name) => !declared.has(name));
  return used.length === 0 ? code : `const { ${used.join(', ')} } = globalThis; ${code}`;
};

const thisText = readFileSync(fileURLToPath(import.meta.url));

/** The transform of @swc/jest, and `withConstants` after it. */
export default {
  createTransformer: (options) => {
    const transformer = swc.createTransformer(options);
    const finish = (result) => ({ ...result, code: withConstants(result.code) });
    return {
      canInstrument: transformer.canInstrument,
      process: (...given) => finish(transformer.process(...given)),
      processAsync: async (...given) => finish(await transformer.processAsync(...given)),
      getCacheKey: (...given) =>
        createHash('sha256')
          .update(thisText)
          .update(transformer.getCacheKey(...given))
          .digest('hex'),
    };
  },
};
