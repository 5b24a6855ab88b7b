import { readdir, readFile } from 'node:fs/promises';
import { basename, dirname, join, normalize } from 'node:path';
import { describe, expect, test } from '@jest/globals';

/** Which rooms a room may import from; `cli` and `bin` wire everything. */
const allowed: Readonly<Record<string, readonly string[]>> = {
  errors: [],
  limits: [],
  model: [],
  logger: [],
  'make-folders': [],
  'free-memory': [],
  'limit-nursery': [],
  json: ['limits'],
  config: ['errors', 'limits'],
  http: ['errors', 'limits', 'model', 'logger', 'free-memory'],
  extract: ['errors', 'limits', 'model', 'make-folders'],
  sources: ['errors', 'limits', 'model', 'logger', 'json', 'http'],
  warehouses: ['errors', 'limits', 'limit-nursery', 'model', 'make-folders', 'json'],
  pipeline: ['errors', 'limits', 'model', 'logger', 'free-memory', 'extract'],
  sandbox: ['errors', 'limits', 'model'],
  publish: ['errors', 'limits', 'model', 'logger', 'make-folders', 'http', 'pipeline'],
  report: ['errors', 'limits', 'model', 'pipeline'],
};

/** Interfaces and contracts that other rooms may know: they run nothing. */
const shared = [
  'src/warehouses/warehouse.ts',
  'src/sources/servicetitan/entity.ts',
  'src/sources/servicetitan/entities/index.ts',
];

/** Each SDK in one place, so that it can be replaced there. */
const sdkHome: Readonly<Record<string, string>> = {
  undici: 'src/http/',
  'p-retry': 'src/http/',
  'p-throttle': 'src/http/',
  '@duckdb/node-api': 'src/warehouses/duckdb/',
  'google-auth-library': 'src/warehouses/bigquery/',
  winston: 'src/logger.ts',
  zod: 'src/config.ts',
  yargs: 'src/cli/',
  exceljs: 'src/publish/xlsx/',
  '@observablehq/plot': 'src/report/',
  linkedom: 'src/report/',
  luxon: 'src/pipeline/local-dates.ts',
  'csv-parse': 'src/pipeline/parse-csv.ts',
  '@clack/prompts': 'src/cli/open-prompts.ts',
  'cli-progress': 'src/cli/show-progress.ts',
  leven: 'src/cli/select-entities.ts',
};

const listFiles = async (dir: string, ending: string): Promise<string[]> =>
  (await readdir(dir, { recursive: true, withFileTypes: true }))
    .filter((entry) => entry.isFile() && entry.name.endsWith(ending))
    .map((entry) => join(entry.parentPath, entry.name))
    .sort();

const roomOf = (file: string): string => file.split('/')[1]?.replace(/\.ts$/, '') ?? '';

const importsOf = (text: string): string[] =>
  [...text.matchAll(/(?:from|import\()\s*'([^']+)'/g)].map(([, name = '']) => name);

const sources = await listFiles('src', '.ts');
const texts = new Map(
  await Promise.all(sources.map(async (file) => [file, await readFile(file, 'utf8')] as const)),
);

describe('the rooms', () => {
  test('import only what they may', () => {
    const faults: string[] = [];
    for (const [file, text] of texts) {
      const room = roomOf(file);
      if (room === 'cli' || room === 'bin') continue;
      expect(Object.keys(allowed)).toContain(room);
      for (const name of importsOf(text).filter((one) => one.startsWith('.'))) {
        const target = normalize(join(dirname(file), name));
        const ok = roomOf(target) === room || allowed[room]?.includes(roomOf(target)) === true;
        if (!ok && !shared.includes(target)) faults.push(`${file} imports ${target}`);
      }
    }
    expect(faults).toEqual([]);
  });

  test('each SDK is imported in its one place', () => {
    const faults: string[] = [];
    for (const [file, text] of texts) {
      for (const name of importsOf(text)) {
        const sdk = Object.keys(sdkHome).find((one) => name === one || name.startsWith(`${one}/`));
        if (sdk !== undefined && !file.startsWith(sdkHome[sdk] ?? ''))
          faults.push(`${file} imports ${sdk}`);
      }
    }
    expect(faults).toEqual([]);
  });

  test('only the command line reads argv and the environment', () => {
    for (const [file, text] of texts) {
      if (['cli', 'bin'].includes(roomOf(file))) continue;
      expect({ file, argv: text.includes('process.argv') }).toEqual({ file, argv: false });
      expect({ file, env: text.includes('process.env') }).toEqual({ file, env: false });
    }
  });
});

describe('the files', () => {
  test('are named in kebab-case and have no default export', () => {
    for (const [file, text] of texts) {
      expect(basename(file)).toMatch(/^[a-z0-9]+(-[a-z0-9]+)*(\.d)?\.ts$/);
      expect({ file, found: /^export default/m.test(text) }).toEqual({ file, found: false });
    }
  });

  test('hold no path of a machine and no secret', async () => {
    const all = [
      ...sources,
      ...(await listFiles('test', '.ts')),
      ...(await listFiles('docs', '.md')),
    ];
    for (const file of all) {
      const text = await readFile(file, 'utf8');
      expect({ file, found: /\/(?:home|root|Users)\/[a-z]/.test(text) }).toEqual({
        file,
        found: false,
      });
    }
  });
});

test('the list of entities is the folder of entities', async () => {
  const { entities } = await import('../src/sources/servicetitan/entities/index.ts');
  const files = (await readdir('src/sources/servicetitan/entities')).filter(
    (file) => file !== 'index.ts',
  );
  expect(entities.map(({ name }) => `${name}.ts`).sort()).toEqual(files.sort());
});
