import type { Csv, LineFault } from './parse-csv.ts';

/** A row of a seed: its line, and its fields, trimmed, by column. */
type SeedRow = { line: number; field: (column: string) => string };

type SeedRules = {
  /** Columns that the models read. */
  columns: readonly string[];
  find: (rows: readonly SeedRow[]) => LineFault[];
};

const kinds = ['SALES', 'PRODUCTION', 'NONE'];
const groups = ['estimate', 'warranty', 'production_exclude'];

/** The marts' own row for money of no unit: no unit and no region may be called so. */
const reservedName = '(no unit)';

const fold = (text: string): string => text.toLowerCase();

/** Names that differ in nothing else are one name, written carelessly. */
const squeeze = (text: string): string => fold(text).replace(/\s+/g, '');

const kindOf = (row: SeedRow): string => row.field('unit_kind').toUpperCase();

const isCounted = (row: SeedRow): boolean => ['SALES', 'PRODUCTION'].includes(kindOf(row));

/** Rows beside the first of the same key. Rows without a key are left out. */
const withFirst = (
  rows: readonly SeedRow[],
  keyOf: (row: SeedRow) => string | null,
): { row: SeedRow; first: SeedRow }[] => {
  const firsts = new Map<string, SeedRow>();
  return rows.flatMap((row) => {
    const key = keyOf(row);
    if (key === null) return [];
    const first = firsts.get(key);
    if (first !== undefined) return [{ row, first }];
    firsts.set(key, row);
    return [];
  });
};

const findRepeated = (
  rows: readonly SeedRow[],
  what: string,
  keyOf: (row: SeedRow) => string | null,
): LineFault[] =>
  withFirst(rows, keyOf).map(({ row, first }) => ({
    line: row.line,
    reason: `${what} stands in line ${first.line} already; keep one of the two`,
  }));

const quote = (text: string): string => JSON.stringify(text);

const findUnitFaults = (row: SeedRow): LineFault[] => {
  const [id, name] = ['business_unit_id', 'business_unit_name'].map(row.field);
  const reserved = ['rolls_up_to', 'region'].filter(
    (column) => fold(row.field(column)) === reservedName,
  );
  const missing = ['rolls_up_to', 'region'].filter((column) => row.field(column) === '');
  const reasons = [
    ...(id !== '' && !/^(?:0|[1-9]\d{0,18})$/.test(id ?? '')
      ? [`business_unit_id ${quote(id ?? '')} is no whole number`]
      : []),
    ...(id === '' && name === '' ? ['it has neither business_unit_id nor business_unit_name'] : []),
    ...(kinds.includes(kindOf(row))
      ? []
      : [`unit_kind ${quote(row.field('unit_kind'))} is unknown; write ${kinds.join(', ')}`]),
    ...(isCounted(row) ? missing.map((column) => `a ${kindOf(row)} unit needs ${column}`) : []),
    ...reserved.map(
      (column) =>
        `${column} ${reservedName} is the marts’ own name; write kind NONE to leave a unit out`,
    ),
  ];
  return reasons.map((reason) => ({ line: row.line, reason }));
};

/** One name, one spelling: names that differ in case or blanks alone would be two units, or two regions. */
const findSpellings = (rows: readonly SeedRow[], column: string): LineFault[] =>
  withFirst(rows, (row) => squeeze(row.field(column)) || null)
    .filter(({ row, first }) => row.field(column) !== first.field(column))
    .map(({ row, first }) => ({
      line: row.line,
      reason:
        `${column} ${quote(row.field(column))} is spelled ${quote(first.field(column))} ` +
        `in line ${first.line}; write it in one way`,
    }));

/** The rows that roll up to one unit say the same of it. */
const findDisagreements = (rows: readonly SeedRow[]): LineFault[] =>
  withFirst(rows, (row) => squeeze(row.field('rolls_up_to')) || null).flatMap(({ row, first }) => {
    const told = [
      { column: 'unit_kind', here: kindOf(row), there: kindOf(first) },
      { column: 'region', here: row.field('region'), there: first.field('region') },
    ];
    return told
      .filter(({ here, there }) => here !== '' && there !== '' && squeeze(here) !== squeeze(there))
      .map(({ column, here, there }) => ({
        line: row.line,
        reason:
          `${column} of ${row.field('rolls_up_to')} is ${here} here and ${there} in line ${first.line}; ` +
          'a unit has one',
      }));
  });

const findRollupFaults = (rows: readonly SeedRow[]): LineFault[] => {
  // A row of kind NONE counts nowhere: what else it says is of no consequence.
  const counted = rows.filter(isCounted);
  return [
    ...rows.flatMap(findUnitFaults),
    ...findRepeated(rows, 'its business_unit_id', (row) => row.field('business_unit_id') || null),
    ...findRepeated(rows, 'its business_unit_name, without an id,', (row) =>
      row.field('business_unit_id') === '' ? fold(row.field('business_unit_name')) || null : null,
    ),
    ...findSpellings(counted, 'rolls_up_to'),
    ...findSpellings(counted, 'region'),
    ...findDisagreements(counted),
  ];
};

const findGroupFaults = (rows: readonly SeedRow[]): LineFault[] => [
  ...rows
    .filter((row) => !groups.includes(row.field('job_type_group')))
    .map((row) => ({
      line: row.line,
      reason: `job_type_group ${quote(row.field('job_type_group'))} is unknown; write ${groups.join(', ')}`,
    })),
  ...rows
    .filter((row) => row.field('job_type_name') === '')
    .map(({ line }) => ({ line, reason: 'it has no job_type_name' })),
  ...findRepeated(rows, 'its job_type_name, in this group,', (row) =>
    row.field('job_type_name') === ''
      ? null
      : JSON.stringify([row.field('job_type_group'), fold(row.field('job_type_name'))]),
  ),
];

const rules: Readonly<Record<string, SeedRules>> = {
  business_unit_rollup: {
    columns: ['business_unit_id', 'business_unit_name', 'unit_kind', 'rolls_up_to', 'region'],
    find: findRollupFaults,
  },
  job_type_groups: { columns: ['job_type_group', 'job_type_name'], find: findGroupFaults },
};

const findColumnFaults = (columns: readonly string[], needed: readonly string[]): LineFault[] => [
  ...needed
    .filter((column) => !columns.includes(column))
    .map((column) => ({ line: 1, reason: `the column ${column} is missing` })),
  ...columns
    .filter((column, index) => columns.indexOf(column) !== index)
    .map((column) => ({ line: 1, reason: `the column ${column} stands twice` })),
];

/**
 * What is wrong with a seed, by line. Seeds that no rule is known of are only held to be tables.
 * @param name `business_unit_rollup`.
 */
export const findSeedFaults = (name: string, { columns, rows, faults }: Csv): LineFault[] => {
  if (columns.length === 0 && faults.length === 0) {
    return [{ line: 1, reason: 'the file is empty; give it a row of column names' }];
  }
  if (rows.length === 0 && faults.length === 0 && name in rules) {
    return [{ line: 1, reason: 'it has no row but the column names; list what it is for' }];
  }
  const { columns: needed, find } = rules[name] ?? { columns: [], find: () => [] };
  // After a broken quote nothing is known of the columns.
  const inColumns = columns.length === 0 ? [] : findColumnFaults(columns, needed);
  const toRow = ({ line, cells }: Csv['rows'][number]): SeedRow => ({
    line,
    field: (column) => cells[columns.indexOf(column)]?.trim() ?? '',
  });
  const inRows = inColumns.length > 0 ? [] : find(rows.map(toRow));
  return [...faults, ...inColumns, ...inRows].sort((a, b) => a.line - b.line);
};
