import { readdir, readFile } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { readModels } from '../../src/pipeline/read-models.ts';
import { entities } from '../../src/sources/servicetitan/entities/index.ts';
import { servicetitanEntities } from '../../src/sources/servicetitan/index.ts';
import { describeDataset, describeTables } from '../../src/warehouses/bigquery/describe-tables.ts';
import { openModelRig, type ModelRig } from '../sql/support/model-rig.ts';
import { readColumns } from './support/describe-marts.ts';
import { describeField, findStale } from './support/fields/describe-field.ts';
import { seeds } from './support/fields/seeds.ts';
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
  columns: { name: string; type: string; meaning: string; field?: string }[];
  /** Fields that no column holds. */
  inPayload?: { field: string; meaning: string }[];
};

/** The fields of an entity as its file declares them. */
const fieldsOf = (entity: string): Record<string, string> =>
  entities.find(({ name }) => name === entity)?.fields ?? {};

/** What the source's documentation would say of each column, and of each field that stays in the payload. */
const explainRaw = (table: Table): Table => {
  const entity = servicetitanEntities.find((one) => `st_raw.${one.table}` === table.name);
  if (entity === undefined) return table;
  const paths = new Map(entity.columns.map(({ name, path }) => [name, path.join('.')]));
  const typed = new Set(paths.values());
  const explain = (field: string): string => describeField(entity.name, field);
  return {
    ...table,
    columns: table.columns.map((column) => {
      const field = paths.get(column.name);
      return field === undefined ? column : { ...column, field, meaning: explain(field) };
    }),
    inPayload: Object.keys(fieldsOf(entity.name))
      .filter((field) => !typed.has(field))
      .map((field) => ({ field, meaning: explain(field) })),
  };
};

const stored = (): Table[] =>
  describeTables(servicetitanEntities)
    .map(({ name, resource }) => ({
      name,
      about: resource.description ?? '',
      columns: (resource.schema.fields ?? []).map((field) => ({
        ...{ name: field.name, type: field.type, meaning: field.description ?? '' },
      })),
    }))
    .map(explainRaw);

/** The seeds: what stands in their files, all of it texts. */
const seeded = async (): Promise<Table[]> =>
  Promise.all(
    (await readdir('sql/seeds')).sort().map(async (file) => {
      const [head = ''] = (await readFile(join('sql/seeds', file), 'utf8')).split('\n');
      const name = basename(file, '.csv');
      const { about = '', columns = {} } = seeds[name] ?? {};
      return {
        name: `st_ref.seed_${name}`,
        about: `${about}. Made of sql/seeds/${file}.`,
        columns: head.split(',').map((column) => ({
          ...{ name: column, type: 'STRING', meaning: columns[column] ?? '' },
        })),
      };
    }),
  );

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

const showColumns = ({ columns, inPayload }: Table): string =>
  inPayload === undefined
    ? formatMarkdownTable(
        ['column', 'type', 'meaning'],
        columns.map((column) => [`\`${column.name}\``, column.type, column.meaning]),
      )
    : formatMarkdownTable(
        ['column', 'type', 'source field', 'meaning'],
        columns.map(({ name, type, field, meaning }) => [
          ...[`\`${name}\``, type, field === undefined ? '' : `\`${field}\``, meaning],
        ]),
      );

const showPayload = ({ inPayload = [] }: Table): string =>
  inPayload.length === 0
    ? ''
    : `\n\nIn \`payload\` alone: ${inPayload
        .map(({ field, meaning }) => `\`${field}\` (${meaning})`)
        .join('; ')}.`;

const showTable = (table: Table): string =>
  `### ${table.name}\n\n${table.about}\n\n${showColumns(table)}${showPayload(table)}`;

test('what the dictionary says of fields is of fields that there are', () => {
  const known = new Map(entities.map(({ name, fields }) => [name, new Set(Object.keys(fields))]));
  expect(findStale(known)).toEqual([]);
});

test('docs/data-dictionary.md describes every column; npm run docs writes it anew', async () => {
  const tables = [...(await built()), ...(await seeded()), ...stored()];
  const undescribed = tables.flatMap(({ name, columns }) =>
    columns.filter(({ meaning, type }) => meaning === '' || type === '').map((one) => [name, one]),
  );
  expect(undescribed).toEqual([]);
  const unexplained = tables.flatMap(({ name, inPayload = [] }) =>
    inPayload.filter(({ meaning }) => meaning === '').map(({ field }) => [name, field]),
  );
  expect(unexplained).toEqual([]);
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
Numbers are explained with examples in [kpis.md](kpis.md). A column of \`st_raw\` holds the field of the record that is named beside it, a
timestamp in UTC; it is NULL where the field is missing, empty or does not fit the type, and \`payload\` has it as it came.

${parts.join('\n\n')}`,
  );
});
