import { expect, test } from '@jest/globals';
import { execFileSync } from 'node:child_process';

/** Runs a script in a process of its own, where nothing is loaded yet; what it prints. */
const run = (script: string): unknown =>
  JSON.parse(
    execFileSync(process.execPath, ['--input-type=module', '--eval', script], {
      encoding: 'utf8',
    }),
  );

const counting = `
  import { createRequire } from 'node:module';
  import { loadZod } from './dist/load-zod.js';
  const require = createRequire(process.cwd() + '/package.json');
  const countLanguages = () =>
    Object.keys(require.cache).filter((path) => /v4.locales.(?!en.cjs|index)/.test(path)).length;`;

test('zod is loaded without its languages, speaks English, and loads the others when they are asked for', () => {
  const seen = run(`${counting}
    const zod = loadZod();
    const before = countLanguages();
    const english = zod.z.number().safeParse('x').error.issues[0].message;
    const german = zod.locales.de().localeError({ code: 'invalid_type', expected: 'number', input: 'x' });
    console.log(JSON.stringify({ before, english, german, after: countLanguages() > 30 }));`);
  expect(seen).toEqual({
    before: 0,
    english: 'Invalid input: expected number, received string',
    german: expect.stringMatching(/^Ungültige Eingabe/),
    after: true,
  });
});

test('where they are not handed out, zod is loaded whole; any other fault is told', () => {
  const load = (code: string): string => `${counting}
    const resolve = () => { throw Object.assign(new Error('no languages'), { code: '${code}' }); };
    const other = Object.assign((name) => require(name), { resolve, cache: require.cache });
    let fault = null;
    try { loadZod(other); } catch (error) { fault = error.message; }
    console.log(JSON.stringify({ fault, whole: countLanguages() > 30 }));`;
  expect(run(load('ERR_PACKAGE_PATH_NOT_EXPORTED'))).toEqual({ fault: null, whole: true });
  expect(run(load('MODULE_NOT_FOUND'))).toEqual({ fault: 'no languages', whole: false });
});
