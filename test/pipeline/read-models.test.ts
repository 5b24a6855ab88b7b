import { describe, expect, test } from '@jest/globals';
import { ConfigError } from '../../src/errors.ts';
import { orderModels, parseModel, readModels } from '../../src/pipeline/read-models.ts';
import { readSeeds } from '../../src/pipeline/read-seeds.ts';
import { stateTables } from '../../src/warehouses/state-tables.ts';

const header = (name: string, sources: string): string =>
  `-- ${name}: what it is\n-- grain: one row\n-- sources: ${sources}\n-- units: none\n-- decision: docs/decisions.md#x\n-- columns:\n--   one: the number\n`;

describe('parseModel', () => {
  test('reads header and body', () => {
    const text = `${header('st_dim.a', 'st_raw.b, st_ref.c')}select 1 as one;\n`;
    expect(parseModel('st_dim.a', text)).toMatchObject({
      sources: ['st_raw.b', 'st_ref.c'],
      columns: [{ name: 'one', description: 'the number' }],
      sql: 'select 1 as one',
    });
  });

  test('a table that keeps its snapshots says so, with the column of their date', () => {
    const text = header('st_mart.a', 'none');
    expect(parseModel('st_mart.a', `${text}select 1\n`)).toMatchObject({ historyColumn: null });
    expect(parseModel('st_mart.a', `${text}-- history: event_date\nselect 1\n`)).toMatchObject({
      historyColumn: 'event_date',
      sources: [],
    });
  });

  test.each(['grain', 'sources', 'units', 'decision'])('misses %s', (field) => {
    const text = header('st_dim.a', 'x').replace(new RegExp(`-- ${field}:.*\n`), '');
    expect(() => parseModel('st_dim.a', text)).toThrow(field);
  });

  test('reads the columns of a header up to its next line', () => {
    const more = '--   two: a count: of jobs\n-- history: event_date\n';
    const { columns, historyColumn } = parseModel(
      'st_dim.a',
      `${header('st_dim.a', 'x')}${more}select 1 as one, 2 as two\n`,
    );
    expect(columns).toEqual([
      { name: 'one', description: 'the number' },
      { name: 'two', description: 'a count: of jobs' },
    ]);
    expect(historyColumn).toBe('event_date');
  });

  test.each([
    ['describes no column', ''],
    ['describes no column', '-- columns:\n'],
    ['under "-- columns:" stands "--   one"', '-- columns:\n--   one\n'],
    ['under "-- columns:" stands "--   one: "', '-- columns:\n--   one: \n'],
    ['under "-- columns:" stands "--  one: x"', '-- columns:\n--  one: x\n'],
    ['the column ONE twice', '-- columns:\n--   one: x\n--   ONE: y\n'],
  ])('refuses a header that says %s', (message, columns) => {
    const text = header('st_dim.a', 'x').replace(/-- columns:\n(?:-- {3}.*\n)*/, columns);
    expect(() => parseModel('st_dim.a', `${text}select 1\n`)).toThrow(message);
  });

  test('refuses a header that names another table', () => {
    expect(() => parseModel('st_dim.b', header('st_dim.a', 'x'))).toThrow(ConfigError);
  });
});

describe('orderModels', () => {
  const model = (name: string, sources: string) =>
    parseModel(name, `${header(name, sources)}select 1\n`);

  test('puts each model after those it reads', () => {
    const ordered = orderModels([model('c', 'b, a'), model('b', 'a'), model('a', 'st_raw.x')]);
    expect(ordered.map(({ name }) => name)).toEqual(['a', 'b', 'c']);
  });

  test('names the models of a circle', () => {
    expect(() => orderModels([model('a', 'b'), model('b', 'a')])).toThrow(/a, b read each other/);
  });
});

test('every model of the project has a full header, a source that exists and a decision that is written down', async () => {
  const models = await readModels('sql');
  const seeds = await readSeeds('sql');
  const { servicetitanEntities } = await import('../../src/sources/servicetitan/index.ts');
  const known = [
    ...models.map(({ name }) => name),
    ...seeds.map(({ table }) => table),
    ...Object.keys(stateTables).map((name) => `st_ops.${name}`),
    ...servicetitanEntities.map(({ table }) => `st_raw.${table}`),
  ];
  const { readFile } = await import('node:fs/promises');
  const decisions = await readFile('docs/decisions.md', 'utf8');
  const anchors = [...decisions.matchAll(/^## (.+)$/gm)].map(
    ([, title = '']) =>
      `docs/decisions.md#${title
        .toLowerCase()
        .replace(/[^a-z0-9 -]/g, '')
        .replace(/ /g, '-')}`,
  );
  for (const { name, sources, sql, decision } of models) {
    const named = [...sql.matchAll(/\bst_(?:raw|ref|dim|mart|ops)\.\w+/g)].map(([table]) => table);
    expect({ name, sources: [...sources].sort() }).toEqual({
      name,
      sources: [...new Set(named)].sort(),
    });
    for (const source of sources) expect(known).toContain(source);
    expect(anchors).toContain(decision);
  }
});
