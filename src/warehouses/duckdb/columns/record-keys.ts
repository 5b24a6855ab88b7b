import { hash } from 'node:crypto';
import type { Entity } from '../../../model.ts';
import { putText, type ColumnBuffer } from './buffers.ts';

/** Which of the group's lines it is, and of which batch. */
type Place = { line: number; batch: number };

/** The keys of the records read so far. */
export type RecordKeys = {
  /**
   * Takes the record that was read last, from `from` to `to`, and writes its `_key` where the entity has one.
   * @returns false where the record has no key, or one that another record has: which of both counts is not decided here.
   */
  take: (bytes: Buffer, record: { from: number; to: number; row: number }, at: Place) => boolean;
  /** Lines of one batch that are equal in all fields of their key. */
  twins: () => number[];
};

/** The buffers of the entity's columns, and the one of `_key`. */
type Buffers = { fields: readonly ColumnBuffer[]; key: ColumnBuffer };

/** The value of a column, by its place, in the record that was read last, as it stands there; '' for none. */
type ValueOf = (bytes: Buffer, column: number) => string;

const word = 2 ** 32;

/** The whole number that was stored last. */
const lastWhole = ({ words, count }: ColumnBuffer): number =>
  (words[2 * count - 1] ?? 0) * word + ((words[2 * count - 2] ?? 0) >>> 0);

const isPresent = ({ present }: ColumnBuffer, row: number): boolean =>
  ((present[row >> 3] ?? 0) & (1 << (row & 7))) !== 0;

const createIds = () => {
  const ids = new Set<number>();
  let size = 0;
  return (id: number): boolean => {
    ids.add(id);
    size += 1;
    return ids.size === size;
  };
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

const surrogates = ['\\ud', '\\uD'];

/**
 * Whether a record holds half a surrogate pair. DuckDB refuses it, and then the SQL takes all long numbers of the group
 * as they are written, in hashes too.
 */
const holdsHalfPair = (bytes: Buffer, { from, to }: { from: number; to: number }): boolean => {
  const record = bytes.subarray(from, to);
  if (!surrogates.some((start) => record.includes(start))) return false;
  // What is well-formed is written as itself.
  return JSON.stringify(JSON.parse(record.toString())).includes('\\ud');
};

const columnNames = (entity: Entity): string[] => entity.columns.map(({ name }) => name);

const createIdKeys = (entity: Entity, { fields }: Buffers): RecordKeys => {
  const id = fields[columnNames(entity).indexOf('id')];
  const takeId = createIds();
  return {
    take: (_bytes, { row }) => id !== undefined && isPresent(id, row) && takeId(lastWhole(id)),
    twins: () => [],
  };
};

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

const createFieldKeys = (
  entity: Entity,
  keyFields: readonly string[],
  { fields, key }: Buffers,
  valueOf: ValueOf,
): RecordKeys => {
  const names = columnNames(entity);
  const id = fields[names.indexOf('id')];
  const places = keyFields.map((name) => names.indexOf(name));
  const decimals = names.flatMap((_, place) =>
    entity.columns[place]?.type === 'decimal' ? [place] : [],
  );
  const takeId = createIds();
  const hashes = createHashes();

  const putKey = (text: string, row: number): void => {
    const bytes = Buffer.from(text);
    putText(key, row, bytes, 0, bytes.length);
  };
  const hashOf = (bytes: Buffer): string | undefined => {
    const values = () => decimals.map((place) => valueOf(bytes, place));
    const texts = places.map((place) => printText(valueOf(bytes, place), values));
    return texts.every((text) => text === 'null') ? undefined : hashTexts(texts);
  };

  return {
    take: (bytes, record, at) => {
      if (holdsHalfPair(bytes, record)) return false;
      const { row } = record;
      if (id !== undefined && isPresent(id, row)) {
        const value = lastWhole(id);
        putKey(`id:${value}`, row);
        return takeId(value);
      }
      const hashed = hashOf(bytes);
      if (hashed === undefined) return false;
      putKey(`${hashed}:1`, row);
      return hashes.take(hashed, at);
    },
    twins: hashes.twins,
  };
};

export const createRecordKeys = (entity: Entity, buffers: Buffers, valueOf: ValueOf): RecordKeys =>
  entity.key.kind === 'id'
    ? createIdKeys(entity, buffers)
    : createFieldKeys(entity, entity.key.fields, buffers, valueOf);
