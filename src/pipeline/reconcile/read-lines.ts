import { ConfigError } from '../../errors.ts';
import type { Nanos } from '../decimals.ts';
import type { PartPlace, Place, Places } from './find-columns.ts';
import { parseAmount } from './parse-amount.ts';
import { parseDate } from './parse-date.ts';
import { parseFlag } from './parse-flag.ts';
import type { Placed, PlaceUnit } from './place-units.ts';
import type { ReportRow, ReportTable } from './report-table.ts';

/** One row of a report, understood. */
export type ReportLine = {
  /** Its line or number. */
  at: number;
  /** By the keys' order; blank where an optional one is. */
  ids: string[];
  /** As the report has it. */
  businessUnit: string;
  placed: Placed;
  parts: Nanos[];
  locationId: string;
  /** The report's own margin, where it gives one. */
  margin: Nanos | null;
};

export type ReadLines = {
  lines: ReportLine[];
  /** Rows at the end that name no record: totals. */
  totals: number[];
  /** Rows of other dates, and rows that say no. */
  otherDates: number;
  excluded: number;
};

export type LineContext = {
  places: Places;
  placeUnit: PlaceUnit;
  /** Names of job types in the group `warranty`, trimmed and in lower case. */
  warrantyTypes: ReadonlySet<string>;
  /** Local dates, both included; null where the KPI is a snapshot. */
  period: { first: string; last: string } | null;
  timeZone: string;
};

const one = 1_000_000_000n;

const textAt = ({ cells }: ReportRow, { index }: Place): string => (cells[index] ?? '').trim();

/** It says where, never what: a cell in the wrong place may be anybody's name. */
const fail = (table: ReportTable, row: ReportRow, { title }: Place, why: string): never => {
  throw new ConfigError(
    `Cannot read ${table.title}: ${table.place} ${row.at}, column ${title} ${why}`,
  );
};

/** Totals stand at the end, where a record would have its name. */
const isTotal = (row: ReportRow, { keys }: Places): boolean => {
  const [first] = keys;
  const text = first === undefined ? '' : textAt(row, first);
  return text === '' || /^(?:grand )?totals?:?$/i.test(text);
};

const splitTotals = ({ rows }: ReportTable, places: Places) => {
  let end = rows.length;
  for (let row = rows[end - 1]; row !== undefined && isTotal(row, places); row = rows[end - 1]) {
    end -= 1;
  }
  return { records: rows.slice(0, end), totals: rows.slice(end).map(({ at }) => at) };
};

const readIds = (table: ReportTable, row: ReportRow, { keys }: Places): string[] =>
  keys.map((place) => {
    const text = textAt(row, place);
    if (text === '') {
      if (place.key.isOptional === true) return '';
      return fail(
        table,
        row,
        place,
        `names no ${place.key.name}; give each record a line of its own, without groups and subtotals between them`,
      );
    }
    if (place.column.holds === 'text') return text;
    const id = text.replace(/^#/, '').replaceAll(',', '');
    if (/^\d+$/.test(id)) return id.replace(/^0+(?=\d)/, '');
    return fail(table, row, place, 'holds no id; an id is a whole number');
  });

const readAmount = (table: ReportTable, row: ReportRow, place: Place): Nanos =>
  parseAmount(textAt(row, place)) ??
  fail(table, row, place, 'holds no amount; write it as 1234.56, $1,234.56 or (1,234.56)');

const readFlag = (table: ReportTable, row: ReportRow, place: Place): boolean =>
  parseFlag(textAt(row, place)) ??
  fail(table, row, place, 'says neither yes nor no; write it as yes, no, or a number');

const readPart = (
  table: ReportTable,
  row: ReportRow,
  part: PartPlace,
  { warrantyTypes }: LineContext,
): Nanos => {
  switch (part.how) {
    case 'one':
      return one;
    case 'amount':
      return readAmount(table, row, part.at);
    case 'flag':
      return readFlag(table, row, part.at) ? one : 0n;
    case 'warrantyCost': {
      const amount = readAmount(table, row, part.cost);
      return warrantyTypes.has(textAt(row, part.type).toLowerCase()) ? amount : 0n;
    }
  }
};

/** A row without a date is one of the report's period: the person chose that. */
const isInPeriod = (table: ReportTable, row: ReportRow, context: LineContext): boolean => {
  const { places, period, timeZone } = context;
  const { date: place } = places;
  if (place === null || period === null || textAt(row, place) === '') return true;
  const date =
    parseDate(textAt(row, place), timeZone) ??
    fail(table, row, place, 'holds no date; write it as 2024-03-18 or 3/18/2024');
  return period.first <= date && date <= period.last;
};

const readLine = (table: ReportTable, row: ReportRow, context: LineContext): ReportLine => {
  const { places, placeUnit } = context;
  const businessUnit = textAt(row, places.unit);
  return {
    at: row.at,
    ids: readIds(table, row, places),
    businessUnit,
    placed: placeUnit(businessUnit),
    parts: places.parts.map((part) => readPart(table, row, part, context)),
    locationId: places.location === null ? '' : textAt(row, places.location),
    margin:
      places.margin === null || textAt(row, places.margin) === ''
        ? null
        : readAmount(table, row, places.margin),
  };
};

/**
 * Reads the rows of a report under the columns that were found in it.
 * @throws ConfigError for the first cell that cannot be read, by its line and column, never by its content.
 */
export const readLines = (table: ReportTable, context: LineContext): ReadLines => {
  const { records, totals } = splitTotals(table, context.places);
  const { only } = context.places;
  const dated = records.filter((row) => isInPeriod(table, row, context));
  const chosen = only === null ? dated : dated.filter((row) => readFlag(table, row, only));
  return {
    lines: chosen.map((row) => readLine(table, row, context)),
    totals,
    otherDates: records.length - dated.length,
    excluded: dated.length - chosen.length,
  };
};
