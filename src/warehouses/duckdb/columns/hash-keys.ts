import { hash } from 'node:crypto';
import type { Entity } from '../../../model.ts';

/** Which of the group's lines it is, and of which batch. */
type Place = { line: number; batch: number };

/** The value of a column, by its place, in the record that was read last, as it stands there; '' for none. */
type ValueOf = (column: number) => string;

/** The keys of records that have no id, of one entity. */
export type HashKeys = {
  /** Goes on with a batch. */
  enter: (batch: number) => void;
  /**
   * Takes the record of a line.
   * @returns its `_key`; '' where it has none, or one that a record of another batch has: which of both counts is not
   * decided here.
   */
  take: (valueOf: ValueOf, line: number) => string;
  /** Lines of one batch that are equal in all fields of their key. */
  twins: () => number[];
};

/** A double as DuckDB prints it; undefined where that may be with an exponent. */
const printDouble = (text: string): string | undefined => {
  const value = Number(text);
  const printed = String(value);
  if (Math.abs(value) < 0.001 || printed.includes('e')) return undefined;
  return printed.includes('.') ? printed : `${printed}.0`;
};

/** From so many characters on the SQL may take a number as it is written, instead of as DuckDB prints it. */
const longFrom = 16;

/** A number as DuckDB prints it, which reads one with a point as a double; undefined where that is not plain to see. */
const printNumber = (text: string): string | undefined => {
  const [, sign = '', whole = '', fraction] = /^(-?)([0-9]+)(?:[.]([0-9]+))?$/.exec(text) ?? [];
  if (whole === '' || (sign !== '' && /^0+$/.test(whole + (fraction ?? '')))) return undefined;
  if (fraction === undefined) return text;
  if (text.length - sign.length >= longFrom) return printDouble(text);
  if (whole === '0' && /^000.*[1-9]/.test(fraction)) return undefined;
  return `${sign}${whole}.${fraction.replace(/0+$/, '') || '0'}`;
};

const isNumber = (json: string): boolean => /^[-0-9]/.test(json);

const isLong = (json: string): boolean =>
  isNumber(json) && json.replace('-', '').length >= longFrom;

/** Where a decimal of a record may have lost digits as a double, the SQL takes all of its long numbers as written. */
const isInexact = (decimals: readonly string[]): boolean | undefined => {
  const printed = decimals.map((json) => (isNumber(json) ? printNumber(json) : json));
  if (printed.includes(undefined)) return undefined;
  return /[0-9]{7}[.]|[.][0-9]{9}[3-6]/.test(printed.join(' '));
};

/** A value's text as the SQL sees it, as JSON; undefined where that is not plain to see. */
const printText = (json: string, decimals: () => readonly string[]): string | undefined => {
  if (json === '') return 'null';
  if (json.startsWith('"')) return json.includes('\\') ? undefined : json;
  if (json === 'true' || json === 'false') return `"${json}"`;
  const inexact = isLong(json) ? isInexact(decimals()) : false;
  const printed = inexact === true ? json : printNumber(json);
  return inexact === undefined || printed === undefined ? undefined : `"${printed}"`;
};

/** `h:` and the MD5 of the list of the key fields' texts, as the SQL has it; undefined where that is not plain to see. */
const hashTexts = (texts: readonly (string | undefined)[]): string | undefined =>
  texts.includes(undefined) ? undefined : `h:${hash('md5', `[${texts.join(',')}]`)}`;

/** The hashes so far: of twins the second marks the first too; in another batch it is an older state of the same. */
const createHashes = () => {
  const seen = new Map<string, Place>();
  const twins = new Set<number>();
  return {
    take: (key: string, at: Place): boolean => {
      const before = seen.get(key);
      if (before === undefined) seen.set(key, at);
      else if (before.batch === at.batch) twins.add(before.line).add(at.line);
      return before === undefined || before.batch === at.batch;
    },
    twins: () => [...twins],
  };
};

export const createHashKeys = ({ key, columns }: Entity): HashKeys => {
  const hashes = createHashes();
  const keyFields = key.kind === 'id' ? [] : key.fields;
  const places = keyFields.map((name) => columns.findIndex((column) => column.name === name));
  const decimals = columns.flatMap(({ type }, place) => (type === 'decimal' ? [place] : []));
  let batch = 0;

  const hashOf = (valueOf: ValueOf): string | undefined => {
    const values = () => decimals.map(valueOf);
    const texts = places.map((place) => printText(valueOf(place), values));
    return texts.every((text) => text === 'null') ? undefined : hashTexts(texts);
  };

  return {
    enter: (next) => {
      batch = next;
    },
    take: (valueOf, line) => {
      const hashed = hashOf(valueOf);
      return hashed === undefined || !hashes.take(hashed, { line, batch }) ? '' : `${hashed}:1`;
    },
    twins: hashes.twins,
  };
};
