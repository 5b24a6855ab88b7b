import { expect, test } from '@jest/globals';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFile } from 'node:fs/promises';

/** Prints the address of every module that is loaded, to stderr. */
const hook = `
  import { writeSync } from 'node:fs';
  export const load = (url, context, next) => {
    writeSync(2, url + '\\n');
    return next(url, context);
  };`;

/** What is required passes the hook by, and is told at the end. */
const register = `
  import { writeSync } from 'node:fs';
  import { Module, register } from 'node:module';
  import { pathToFileURL } from 'node:url';
  register('data:text/javascript,' + encodeURIComponent(${JSON.stringify(hook)}));
  process.on('exit', () => {
    for (const path of Object.keys(Module._cache)) writeSync(2, pathToFileURL(path).href + '\\n');
  });`;

const toDataUrl = (script: string): string => `data:text/javascript,${encodeURIComponent(script)}`;

const listModules = async (...args: string[]): Promise<string[]> => {
  const child = spawn(
    process.execPath,
    ['--import', toDataUrl(register), 'dist/bin/fieldmart.js', ...args],
    { stdio: ['ignore', 'ignore', 'pipe'] },
  );
  let text = '';
  child.stderr.on('data', (chunk: Buffer) => (text += chunk.toString()));
  await once(child, 'close');
  return [...new Set(text.split('\n').filter((url) => url.startsWith('file:')))];
};

/** A step of --help each: it grows with the commands' own files, never with what they run. */
const modulesMax = 50;

const { dependencies } = JSON.parse(await readFile('package.json', 'utf8')) as {
  dependencies: Record<string, string>;
};

const packagesOf = (modules: readonly string[]): (string | undefined)[] =>
  modules.map((url) => /\/node_modules\/((?:@[^/]+\/)?[^/]+)\//.exec(url)?.[1]);

test.each([['--help'], ['--version'], ['publish xlsx --help']])(
  '%s loads the command line alone, few files and no SDK',
  async (line) => {
    const modules = await listModules(...line.split(' '));
    const own = modules.filter((url) => url.includes('/dist/'));
    expect(own.length).toBeGreaterThan(3);
    expect(
      own.filter((url) => !/\/dist\/(bin|cli)\/|\/dist\/(errors|limits)\.js$/.test(url)),
    ).toEqual([]);
    const packages = packagesOf(modules);
    const ours = Object.keys(dependencies).filter((name) => packages.includes(name));
    expect(ours.sort()).toEqual(['leven', 'yargs']);
    expect(modules.length).toBeLessThanOrEqual(modulesMax);
  },
);

test('a command that asks the source nothing loads nothing that talks to it', async () => {
  const packages = packagesOf(await listModules('progress', '--entity', 'no-such-entity'));
  expect(packages).toContain('zod');
  expect(packages).not.toContain('undici');
  expect(packages).not.toContain('cli-progress');
});
