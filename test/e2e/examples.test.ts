import { writeFile } from 'node:fs/promises';
import { resolve } from 'node:path';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { examplesOf, listCommands } from '../cli/support/read-help.ts';
import { runLine, type Ran } from '../cli/support/run-line.ts';
import { asText } from '../sandbox/client.ts';
import { openReportBench, type ReportBench, type Row } from '../sandbox/report-client.ts';
import { makeTempDir } from '../support/temp-dir.ts';
import { environmentFor, start, type Running } from './support.ts';

/** Those that other tests run: they ask a person, or run for themselves. */
const elsewhere: Readonly<Record<string, string>> = {
  init: 'cli/init.test.ts answers its questions',
  demo: 'commands.test.ts runs a smaller one',
};

/** Each command is a second later than the one before: tokens are throttled. */
const clock = { ms: Date.now() };
const now = (): Date => new Date(clock.ms);

const home = process.cwd();
let bench: ReportBench;
let dir: string;
let env: NodeJS.ProcessEnv;

/** What a person would export from the source. */
const toCsv = (rows: readonly Row[]): string => {
  const quote = (value: string): string => `"${value.replaceAll('"', '""')}"`;
  const lines = rows.map((row) => Object.values(row).map((value) => quote(asText(value))));
  return [Object.keys(rows[0] ?? {}).map(quote), ...lines].map((line) => line.join(',')).join('\n');
};

beforeAll(async () => {
  bench = await openReportBench({ scale: 0.004, reportIntervalMs: 0, now });
  dir = await makeTempDir();
  env = environmentFor(bench.sandbox, dir);
  const period = { From: '2024-03-18', To: '2024-03-24' };
  await writeFile(`${dir}/sold.csv`, toCsv(await bench.readReport('sales/1101', period)));
  process.chdir(dir);
});

afterAll(async () => {
  process.chdir(home);
  await bench.close();
});

/** Starts a program with the words that are typed after its name. */
const startProgram = (program: string, words: readonly string[]): Running =>
  start([process.execPath, resolve(home, `dist/bin/${program}.js`), ...words], env);

/** Starts it as a process and presses Ctrl-C once it has said something. */
const runUntilStopped = async (line: string): Promise<Ran> => {
  const running = startProgram('fieldmart', line.split(' '));
  await running.said;
  running.kill('SIGINT');
  const { code, out, err } = await running.finished;
  return { code: code ?? -1, out, err };
};

const run = (line: string): Promise<Ran> => {
  clock.ms += 1_001;
  if (line.startsWith('sandbox ')) return runUntilStopped(line);
  return runLine(line, env, now());
};

/** In the order of the help, in which each has what it needs from those before. */
test('every example of every --help does what it says, against one sandbox', async () => {
  for (const command of await listCommands()) {
    if (elsewhere[command] !== undefined) continue;
    for (const example of await examplesOf(command)) {
      const { code, out, err } = await run(example.slice('fieldmart '.length));
      const said = code === 0 ? '' : `${out}\n${err}`;
      expect({ example, code, said }).toEqual({ example, code: 0, said: '' });
    }
  }
}, 120_000);

test('the examples of backfill are typed to backfill-entity as well', async () => {
  const [example = ''] = await examplesOf('backfill');
  const ran = await startProgram('backfill-entity', example.split(' ').slice(2)).finished;
  expect(ran).toMatchObject({ code: 0, out: expect.stringMatching(/^invoices +ok /m) });
});
