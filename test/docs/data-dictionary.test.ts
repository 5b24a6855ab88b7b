import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { readModels } from '../../src/pipeline/read-models.ts';
import { servicetitanEntities } from '../../src/sources/servicetitan/index.ts';
import { describeDataset, describeTables } from '../../src/warehouses/bigquery/describe-tables.ts';
import { openModelRig, type ModelRig } from '../sql/support/model-rig.ts';
import { readColumns } from './support/describe-marts.ts';
import { formatMarkdownTable } from './support/markdown.ts';
import { expectPage } from './support/write-page.ts';

let rig: ModelRig;

beforeAll(async () => {
  rig = await openModelRig();
  await rig.buildAt('2024-03-15T12:00:00.000Z');
}, 60_000);

afterAll(() => rig.close());

type Table = {
  name: string;
  about: string;
  columns: { name: string; type: string; meaning: string }[];
};

const stored = (): Table[] =>
  describeTables(servicetitanEntities).map(({ name, resource }) => ({
    name,
    about: resource.description ?? '',
    columns: (resource.schema.fields ?? []).map((field) => ({
      ...{ name: field.name, type: field.type, meaning: field.description ?? '' },
    })),
  }));

const built = async (): Promise<Table[]> => {
  const tables: Table[] = [];
  for (const model of await readModels('sql')) {
    const columns = await readColumns(rig, model.name);
    const meanings = new Map(model.columns.map(({ name, description }) => [name, description]));
    tables.push({
      name: model.name,
      about: `${model.description}. ${model.grain}. Made of ${model.sources.join(', ') || 'nothing'}. Units: ${model.units}.`,
      columns: columns.map(({ name, type }) => ({ name, type, meaning: meanings.get(name) ?? '' })),
    });
  }
  return tables;
};

const showTable = ({ name, about, columns }: Table): string =>
  `### ${name}\n\n${about}\n\n` +
  formatMarkdownTable(
    ['column', 'type', 'meaning'],
    columns.map((column) => [`\`${column.name}\``, column.type, column.meaning]),
  );

test('docs/data-dictionary.md describes every column; npm run docs writes it anew', async () => {
  const tables = [...(await built()), ...stored()];
  const undescribed = tables.flatMap(({ name, columns }) =>
    columns.filter(({ meaning, type }) => meaning === '' || type === '').map((one) => [name, one]),
  );
  expect(undescribed).toEqual([]);
  const parts = ['st_mart', 'st_dim', 'st_ref', 'st_raw', 'st_ops'].map((dataset) => {
    const own = tables.filter(({ name }) => name.startsWith(`${dataset}.`));
    const { description } = describeDataset(dataset);
    return `## ${dataset}\n\n${description ?? ''}.\n\n${own.map(showTable).join('\n\n')}`;
  });
  await expectPage(
    'docs/data-dictionary.md',
    `# Data dictionary

Every table and every column, as the entities and the models declare them; \`npm run docs\` writes this page. Types are
BigQuery's; in DuckDB, STRING is VARCHAR, INT64 is BIGINT, NUMERIC is DECIMAL and TIMESTAMP is TIMESTAMP WITH TIME ZONE.
Numbers are explained with examples in [kpis.md](kpis.md). The seeds \`st_ref.seed_…\` hold the columns of their files in
\`sql/seeds\`, all of them texts.

${parts.join('\n\n')}`,
  );
});
