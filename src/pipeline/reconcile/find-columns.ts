import { ConfigError } from '../../errors.ts';
import { locationColumn, unitColumn } from './forms.ts';
import type { Form, FormColumn, Key, KeyColumn, KeySet, PartReading } from './forms.ts';
import type { ReportTable } from './report-table.ts';
import { showText } from './show-text.ts';

/** Where a column stands in the rows of a report, and what the report calls it. */
export type Place = { index: number; title: string };

/** A column that names records. */
export type KeyPlace = Place & { key: Key; column: KeyColumn };

/** A part of the KPI, with the places that its reading needs. */
export type PartPlace =
  | { how: 'one' }
  | { how: 'amount' | 'flag'; at: Place }
  | { how: 'warrantyCost'; type: Place; cost: Place };

/** What a form needs, found in a report. */
export type Places = {
  keys: readonly KeyPlace[];
  isByUnit: KeySet['isByUnit'];
  unit: Place;
  /** In the order of the KPI's parts. */
  parts: readonly PartPlace[];
  date: Place | null;
  only: Place | null;
  margin: Place | null;
  location: Place | null;
};

/** A name as columns are compared by: `Gross Margin %` and `gross_margin%` are one. */
const fold = (name: string): string => name.toLowerCase().replace(/[^a-z0-9#%]/g, '');

/** More columns than these are no help to read. */
const columnsShownMax = 60;

const listColumns = ({ columns }: ReportTable): string => {
  const names = columns.map(([name = '', label = '']) =>
    label === '' || fold(label) === fold(name) ? name : `${name} (${label})`,
  );
  const shown = names.slice(0, columnsShownMax).map(showText).join(', ');
  return names.length > columnsShownMax ? `${shown}, and others` : shown;
};

type Finder = {
  find: (column: FormColumn | undefined) => Place | null;
  /** Notes the column as missing where the report lacks it. */
  need: (column: FormColumn) => Place;
  missing: FormColumn[];
};

const createFinder = (table: ReportTable): Finder => {
  const missing: FormColumn[] = [];
  const folded = table.columns.map((names) => names.map(fold));
  const find: Finder['find'] = (column) => {
    for (const name of column?.names ?? []) {
      const found = folded.flatMap((names, index) => (names.includes(fold(name)) ? [index] : []));
      const [index, twin] = found;
      if (twin !== undefined) {
        throw new ConfigError(
          `Cannot read ${table.title}: two of its columns are called ${name}; leave one of them out`,
        );
      }
      if (index !== undefined) return { index, title: table.columns[index]?.[0] ?? name };
    }
    return null;
  };
  return {
    find,
    missing,
    need: (column) => {
      const place = find(column);
      if (place === null) missing.push(column);
      return place ?? { index: -1, title: column.title };
    },
  };
};

const describe = ({ title, names }: FormColumn): string => {
  const others = names.filter((name) => name !== title);
  return others.length === 0 ? title : `${title} (or ${others.join(', ')})`;
};

type FoundKeys = Pick<Places, 'keys' | 'isByUnit'>;

const findKeys = ({ keySets }: Form, { find, missing }: Finder): FoundKeys => {
  const findKey = (key: Key): KeyPlace[] => {
    for (const column of key.columns) {
      const place = find(column);
      if (place !== null) return [{ ...place, key, column }];
    }
    return [];
  };
  for (const { keys, isByUnit } of keySets) {
    const found = keys.flatMap(findKey);
    if (found.length === keys.length) return { keys: found, isByUnit };
  }
  const first = keySets.flatMap(({ keys }) => keys.slice(0, 1));
  const names = first.flatMap(({ columns }) => columns.flatMap((column) => column.names));
  missing.push({ title: names[0] ?? '', names: [...new Set(names)] });
  return { keys: [], isByUnit: false };
};

const findPart = (reading: PartReading, { need }: Finder): PartPlace => {
  switch (reading.how) {
    case 'one':
      return reading;
    case 'amount':
    case 'flag':
      return { how: reading.how, at: need(reading.column) };
    case 'warrantyCost':
      return { how: reading.how, type: need(reading.type), cost: need(reading.cost) };
  }
};

/**
 * Finds the columns of a form in a report.
 * @throws ConfigError naming every column that is missing, its other names, and the columns found.
 */
export const findColumns = (
  table: ReportTable,
  { form, parts, kpi }: { form: Form; parts: readonly string[]; kpi: string },
): Places => {
  const finder = createFinder(table);
  const places: Places = {
    ...findKeys(form, finder),
    unit: finder.need(unitColumn),
    parts: parts.map((part) => findPart(form.parts[part] ?? { how: 'one' }, finder)),
    date: finder.find(form.date),
    only: finder.find(form.only),
    margin: finder.find(form.margin),
    location: form.isNetted === true ? finder.find(locationColumn) : null,
  };
  if (finder.missing.length === 0) return places;
  const lacks = finder.missing.map(describe).join('; it lacks the column ');
  throw new ConfigError(
    `Cannot reconcile ${kpi} with ${table.title}: it lacks the column ${lacks}; ` +
      `it has: ${listColumns(table)}`,
  );
};
