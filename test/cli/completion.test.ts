import { writeFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { beforeAll, expect, test } from '@jest/globals';
import { completedOptions, completeLine } from '../../src/cli/complete-line.ts';
import { completionWord } from '../../src/cli/create-parser.ts';
import { start } from '../e2e/support.ts';
import { makeTempDir } from '../support/temp-dir.ts';
import { helpOf, listCommands } from './support/read-help.ts';
import { runLine } from './support/run-line.ts';

let path: string;

beforeAll(async () => {
  const dir = await makeTempDir();
  for (const name of ['fieldmart', 'backfill-entity']) {
    const program = `#!/bin/sh\nexec "${process.execPath}" "${resolve(`dist/bin/${name}.js`)}" "$@"\n`;
    await writeFile(join(dir, name), program, { mode: 0o755 });
  }
  path = `${dir}:${process.env.PATH ?? ''}`;
});

/** The words of each line as bash cuts it, with the key pressed at its end; what is offered, line by line. */
const press = async (lines: readonly string[]): Promise<string[]> => {
  const script = [
    'source <(fieldmart completion bash)',
    'complete -p fieldmart backfill-entity > /dev/null || exit 1',
    'for line in "$@"; do',
    '  read -ra COMP_WORDS <<< "$line"; COMP_CWORD=$((${#COMP_WORDS[@]} - 1))',
    '  _fieldmart "${COMP_WORDS[0]}"; echo "${COMPREPLY[*]}"',
    'done',
  ].join('\n');
  const { code, out, err } = await start(['bash', '-c', script, 'bash', ...lines], {
    ...{ PATH: path, SHELL: '/bin/zsh' },
  }).finished;
  expect({ code, err }).toEqual({ code: 0, err: '' });
  return out.trimEnd().split('\n');
};

test('bash completes commands, options and choices of both programs, and runs nothing', async () => {
  expect(
    await press([
      'fieldmart ru',
      'fieldmart publish xl',
      'backfill-entity --fo',
      'fieldmart kpis --by we',
      'fieldmart sync --entity = inv',
    ]),
  ).toEqual([
    'runs',
    'xlsx',
    '--force',
    'week week-region',
    'invoices invoice-items inventory-bills',
  ]);
});

/** What is offered for a value that is no fixed choice. */
const offer = async (...words: string[]): Promise<string[]> => {
  const out: string[] = [];
  const io = { env: {}, now: () => new Date(), out: (line: string) => out.push(line) };
  await completeLine([completionWord, 'fieldmart', ...words], { ...io, err: () => undefined });
  return out;
};

test.each([
  [
    ['sync', '--entity', 'jobs,invoice'],
    ['jobs,invoices', 'jobs,invoice-items'],
  ],
  [
    ['sync', '--entity', 'jobs,job'],
    ['jobs,job-types', 'jobs,job-canceled-logs'],
  ],
  [['sync', '--entity=tag'], ['--entity=tag-types']],
  [['explain', '--kpi', 'total'], ['total_booked']],
  [
    ['build', '--select', 'dim_bu'],
    ['dim_bu_rollup', 'dim_business_units'],
  ],
  [['publish', 'xlsx', '--out', ''], []],
])('%s: names, or nothing where the shell knows better', async (words, offered) => {
  expect(await offer(...words)).toEqual(offered);
});

test('every option that takes a value has choices, or completion knows what to do', async () => {
  const valued = new Set<string>();
  for (const command of await listCommands()) {
    const help = await helpOf(command, 1000);
    for (const [, option = '', kind = ''] of help.matchAll(/^ +(--[a-z]+) .*?(\[.*)$/gm)) {
      if (!/\[boolean\]|\[choices/.test(kind)) valued.add(option);
    }
  }
  expect([...valued].sort()).toEqual([...completedOptions].sort());
});

test('zsh has a script of its own; another shell is told so', async () => {
  const [zsh, none, fish] = await Promise.all(
    ['completion zsh', 'completion', 'completion fish'].map((line) =>
      runLine(line, {}, new Date()),
    ),
  );
  expect(zsh?.out).toMatch(/^#compdef fieldmart backfill-entity\n/);
  expect(none).toMatchObject({ code: 2, err: expect.stringMatching(/no shell is named; say /) });
  expect(fish).toMatchObject({ code: 2, err: expect.stringMatching(/must be one of bash, zsh$/) });
});
