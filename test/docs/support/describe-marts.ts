import { kpis, parts, type Kpi } from '../../../src/pipeline/kpis/kpis.ts';
import { marts } from '../../../src/pipeline/kpis/marts.ts';
import type { ModelRig } from '../../sql/support/model-rig.ts';
import { formatMarkdownTable, listInWords } from './markdown.ts';

const formulas: Readonly<Record<Kpi['formula']['how'], (words: string[]) => string>> = {
  sum: ([of = '']) => `the sum of \`${of}\``,
  distinct: ([of = '']) => `how many different \`${of}\``,
  share: ([part = '', whole = '']) => `100 × \`${part}\` / \`${whole}\``,
  margin: ([part = '', whole = '']) => `100 × (\`${whole}\` − \`${part}\`) / \`${whole}\``,
};

const showFormula = ({ formula }: Kpi): string =>
  formulas[formula.how]('of' in formula ? [formula.of] : [formula.part, formula.whole]);

const showKinds = ({ kinds }: Kpi): string => kinds.map((kind) => kind.toLowerCase()).join(', ');

const withArticle = ({ record }: Kpi['records']): string =>
  record === 'payment' ? 'a part of a payment' : `${/^[aei]/.test(record) ? 'an' : 'a'} ${record}`;

/** The KPIs and the parts, each with its units, its records and its formula. */
export const describeKpis = (): string =>
  formatMarkdownTable(
    ['number', 'in words', 'of units', 'is', 'made of', 'one row is', 'computed as'],
    [...kpis, ...parts].map((kpi) => [
      `\`${kpi.name}\``,
      kpi.title,
      showKinds(kpi),
      kpi.unit,
      `\`${kpi.records.table}\``,
      withArticle(kpi.records),
      showFormula(kpi),
    ]),
  );

const typeNames: Readonly<Record<string, string>> = { VARCHAR: 'STRING', BIGINT: 'INT64' };

const typeName = (type: string): string =>
  typeNames[type] ?? (type.startsWith('DECIMAL') ? 'NUMERIC' : type);

/** Columns of a built mart in their order, with BigQuery's names of their types. */
export const readColumns = async (
  rig: ModelRig,
  table: string,
): Promise<{ name: string; type: string }[]> => {
  const [schema = '', name = ''] = table.split('.');
  const rows = await rig.read(
    `select column_name, data_type from information_schema.columns
    where table_schema = '${schema}' and table_name = '${name}' order by ordinal_position`,
  );
  return rows.map((row) => ({
    name: String(row.column_name),
    type: typeName(String(row.data_type)),
  }));
};

/** Every column of the marts with its place in each of them. */
export const describeColumns = async (rig: ModelRig): Promise<string> => {
  const tables = Object.values(marts).map(({ table }) => table);
  const found = await Promise.all(tables.map((table) => readColumns(rig, table)));
  const types = new Map(found.flat().map(({ name, type }) => [name, type]));
  const rows = [...types].map(([name, type]) => ({
    name,
    type,
    places: found.map((columns) => columns.findIndex((column) => column.name === name) + 1),
  }));
  const firstPlace = ({ places }: { places: number[] }): number => places.find(Boolean) ?? 0;
  return formatMarkdownTable(
    ['column', 'type', ...tables.map((table) => `\`${table.replace('st_mart.', '')}\``)],
    rows
      .sort((a, b) => firstPlace(a) - firstPlace(b))
      .map(({ name, type, places }) => [
        `\`${name}\``,
        type,
        ...places.map((place) => (place === 0 ? '' : String(place))),
      ]),
  );
};

const unitsInWords: Readonly<Record<Kpi['unit'], string>> = {
  count: 'a count',
  money: 'money',
  percent: 'a percentage',
};

/** What a section about a KPI begins with. */
export const describeKpi = (kpi: Kpi): string => {
  const { records, unit, title } = kpi;
  const grain = withArticle(records) + (records.isHistory ? ' in a snapshot' : '');
  const kinds = listInWords(kpi.kinds.map((kind) => kind.toLowerCase()));
  return (
    `${title}: ${unitsInWords[unit]}, of ${kinds} units. Made of \`${records.table}\`, ` +
    `of which one row is ${grain}, as ${showFormula(kpi)}.`
  );
};
