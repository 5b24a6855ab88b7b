import { readFile, writeFile } from 'node:fs/promises';
import { expect, test } from '@jest/globals';
import { format, resolveConfig } from 'prettier';
import { createParser } from '../../src/cli/create-parser.ts';
import { exitCodes } from '../../src/cli/exit-codes.ts';
import * as errors from '../../src/errors.ts';
import { entities } from '../../src/sources/servicetitan/entities/index.ts';
import { reportsScope } from '../../src/sources/servicetitan/reports/explain-report-failure.ts';
import { examplesOf, helpOf, listCommands, sectionOf } from '../cli/support/read-help.ts';
import { fillGenerated, formatMarkdownTable } from './support/markdown.ts';
import { expectPage } from './support/write-page.ts';

const commands = await listCommands();

test('there are commands', () => {
  expect(commands).toEqual(expect.arrayContaining(['sync', 'runs', 'publish xlsx']));
});

test.each(commands)('fieldmart %s --help has examples, and each can be typed', async (command) => {
  if (sectionOf(await helpOf(command), 'Commands') !== '') return;
  const examples = await examplesOf(command);
  expect(examples).not.toEqual([]);
  for (const example of examples) {
    const chosen: string[] = [];
    const words = example.split(' ').slice(1);
    await createParser(words, (_, kind) => chosen.push(kind)).parseAsync();
    expect([example, chosen.length]).toEqual([example, 1]);
    expect(example.startsWith(`fieldmart ${command}`)).toBe(true);
  }
});

/** Commands as they stand in a page, in code; those with a gap that a reader fills are left out. */
const commandsOf = (text: string): string[] =>
  [...text.matchAll(/(?:`|^)(?:npx )?(fieldmart [a-z][^`\n#]*)/gm)]
    .map(([, line = '']) => line.trim().replace(/NAME/g, 'jobs').replace(/DATE/g, '2024-03-18'))
    .filter((line) => line.includes(' --') && !/[…[|]/.test(line));

test.each(['README.md', 'docs/runbook.md', 'docs/actions.md'])(
  '%s has no command that cannot be typed',
  async (page) => {
    for (const line of commandsOf(await readFile(page, 'utf8'))) {
      const chosen: string[] = [];
      const parser = createParser(line.split(/ +/).slice(1), (_, kind) => chosen.push(kind));
      await parser.parseAsync();
      expect([line, chosen.length]).toEqual([line, 1]);
    }
  },
);

test('every kind of error has its exit code in the table', () => {
  const classes = Object.values(errors).filter(
    (value): value is typeof errors.ConfigError =>
      typeof value === 'function' && value.prototype instanceof Error,
  );
  const thrown = classes.map((one) => new one('Cannot do it').exitCode);
  const listed = exitCodes.map(({ code }): number => code);
  expect(listed.sort((a, b) => a - b)).toEqual(
    [...new Set([0, 1, ...thrown, errors.stoppedExitCode])].sort((a, b) => a - b),
  );
});

const describeExitCodes = (): string =>
  formatMarkdownTable(
    ['exit code', 'means', 'what to do'],
    exitCodes.map(({ code, meaning, next }) => [String(code), meaning, next]),
  );

const section = async (command: string): Promise<string> =>
  `## fieldmart ${command}\n\n\`\`\`text\n${(await helpOf(command)).trim()}\n\`\`\`\n`;

test('docs/cli.md is what --help says; npm run docs writes it anew', async () => {
  const parts = await Promise.all(commands.map(section));
  await expectPage(
    'docs/cli.md',
    `# Commands

This page is made of \`fieldmart --help\`; \`npm run docs\` writes it.

\`\`\`text
${(await helpOf('')).trim()}
\`\`\`

## Exit codes

${describeExitCodes()}

${parts.join('\n')}`,
  );
});

/** Every scope once, in the order of the portal's groups. */
const listScopes = (): string => {
  return [...new Set([...entities.map(({ scope }) => scope), reportsScope])]
    .sort()
    .map((scope) => `\`${scope}\``)
    .join(', ');
};

test('the README has the same table of exit codes, and every scope', async () => {
  const text = await readFile('README.md', 'utf8');
  const options = await resolveConfig('README.md');
  const filled = fillGenerated(
    text,
    new Map([
      ['exit-codes', describeExitCodes()],
      ['scopes', listScopes()],
    ]),
  );
  const generated = await format(filled, { ...options, parser: 'markdown' });
  if (process.env.DOCS === 'write') await writeFile('README.md', generated);
  else expect(text).toBe(generated);
});
