import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from '@jest/globals';
import { variableNames } from '../../src/config.ts';

const doc = await readFile('docs/bigquery.md', 'utf8');

const readSources = async (dir: string): Promise<string> => {
  const files = (await readdir(dir, { recursive: true })).filter((file) => file.endsWith('.ts'));
  const texts = await Promise.all(files.map((file) => readFile(join(dir, file), 'utf8')));
  return texts.join('\n');
};

/** The codes in the first column of a section's table. */
const firstColumn = (heading: string): string[] => {
  const [, section = ''] = doc.split(`\n## ${heading}\n`);
  const rows = (section.split('\n## ')[0] ?? '').split('\n').filter((line) => /^ *\| `/.test(line));
  return rows.flatMap((row) =>
    [...(row.split('|')[1] ?? '').matchAll(/`([^`]+)`/g)].map(([, code = '']) => code),
  );
};

test('every line that the table of failures speaks of is one that the program says', async () => {
  const sources = await readSources('src/warehouses');
  const lines = firstColumn('When something is wrong');
  expect(lines.length).toBeGreaterThan(12);
  for (const line of lines) {
    for (const part of line.split('…').map((text) => text.trim())) {
      expect({ line, part, isSaid: sources.includes(part) }).toEqual({ line, part, isSaid: true });
    }
  }
});

test('every role that a message asks for is described', async () => {
  const roles = (await readSources('src/warehouses/bigquery')).match(/roles\/bigquery\.\w+/g) ?? [];
  expect(new Set(roles).size).toBeGreaterThan(3);
  for (const role of roles) expect(doc).toContain(`\`${role}\``);
});

test('every variable of BigQuery is in the table', () => {
  const own = variableNames.filter((name) => name.startsWith('BIGQUERY_'));
  expect(firstColumn('Set it up')).toEqual(
    expect.arrayContaining(['WAREHOUSE', 'DATASET_PREFIX', ...own]),
  );
});
