import { readdir, readFile, writeFile } from 'node:fs/promises';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { format, resolveConfig } from 'prettier';
import { kpis, parts } from '../../src/pipeline/kpis/kpis.ts';
import { columnsOf, marts } from '../../src/pipeline/kpis/marts.ts';
import { forms } from '../../src/pipeline/reconcile/forms.ts';
import { examples } from '../sql/examples/index.ts';
import { openModelRig, type ModelRig } from '../sql/support/model-rig.ts';
import { describeExample } from './support/describe-example.ts';
import { describeForms } from './support/describe-forms.ts';
import {
  describeColumns,
  describeKpi,
  describeKpis,
  readColumns,
} from './support/describe-marts.ts';
import { fillGenerated } from './support/markdown.ts';
import { playExample, type Played } from './support/run-example.ts';

const path = 'docs/kpis.md';

let rig: ModelRig;
const played = new Map<string, Played>();

beforeAll(async () => {
  rig = await openModelRig();
  for (const example of examples) played.set(example.kpi, await playExample(rig, example));
}, 60_000);

afterAll(() => rig.close());

describe('the list of KPIs', () => {
  test.each(Object.entries(marts))(
    'is the columns of the mart by %s, in order',
    async (_, mart) => {
      const columns = await readColumns(rig, mart.table);
      expect(columns.map(({ name }) => name)).toEqual(columnsOf(mart));
      const numbers = columns.filter(({ name }) =>
        [...kpis, ...parts].some((kpi) => kpi.name === name),
      );
      expect(numbers.map(({ type }) => type === 'INT64')).toEqual(
        [...kpis, ...parts].map(({ unit }) => unit === 'count'),
      );
    },
  );

  test('is the files sql/mart/kpi_*.sql', async () => {
    const files = (await readdir('sql/mart')).filter((file) => file.startsWith('kpi_'));
    const models = kpis.map(({ name }) => `kpi_${name}.sql`);
    expect(files.sort()).toEqual([...models, 'kpi_days.sql'].sort());
  });

  test('names its records as the record tables do', async () => {
    for (const { records, formula } of [...kpis, ...parts]) {
      const columns = (await readColumns(rig, records.table)).map(({ name }) => name);
      const used = 'of' in formula ? [formula.of] : [formula.part, formula.whole];
      expect(columns).toEqual(expect.arrayContaining([records.id, ...used]));
      expect(records.details.map(({ name }) => name)).toEqual(
        expect.arrayContaining([records.id, ...used]),
      );
    }
  });

  test('has a form each to be reconciled by', () => {
    expect(Object.keys(forms).sort()).toEqual(kpis.map(({ name }) => name).sort());
  });

  test('has a worked example each', () => {
    expect(examples.map(({ kpi }) => kpi)).toEqual(kpis.map(({ name }) => name));
  });
});

describe('the worked examples', () => {
  test.each(examples.map((example) => [example.kpi, example] as const))(
    '%s: the models make these numbers of them, and their records add up to it',
    (kpi, { expected }) => {
      const units = played.get(kpi)?.units ?? [];
      expect(
        units.map(({ row }, index) => ({
          unit: row?.business_unit,
          numbers: Object.fromEntries(
            Object.keys(expected[index]?.numbers ?? {}).map((column) => [column, row?.[column]]),
          ),
        })),
      ).toEqual(expected);
      for (const { explanation } of units) {
        expect(explanation.compared.every(({ isEqual }) => isEqual)).toBe(true);
        expect(explanation.compared.at(-1)?.fromRecords).not.toBeNull();
      }
    },
  );
});

const generate = async (text: string): Promise<string> => {
  const made = new Map([
    ['kpis', describeKpis()],
    ['columns', await describeColumns(rig)],
    ['forms', describeForms()],
  ]);
  for (const kpi of kpis) {
    const one = played.get(kpi.name);
    made.set(`${kpi.name}-facts`, describeKpi(kpi));
    made.set(`${kpi.name}-example`, one === undefined ? '' : describeExample(one));
  }
  const options = await resolveConfig(path);
  return format(fillGenerated(text, made), { ...options, parser: 'markdown' });
};

// `npm run docs` writes the page; the test only compares.
test('docs/kpis.md holds what is generated; npm run docs writes it anew', async () => {
  const text = await readFile(path, 'utf8');
  const generated = await generate(text);
  if (process.env.DOCS === 'write') await writeFile(path, generated);
  else expect(text).toBe(generated);
});
