import type { Entity } from '../../../model.ts';
import { longNumberFrom } from '../rewrite-record.ts';

/** The value of a column, by its place, in the record that was read last, as it stands there; '' for none. */
type ValueOf = (column: number) => string;

/** A long number of the record that was read last as the SQL sees it; '' where that is not plain to see. */
export type PrintLong = (json: string, valueOf: ValueOf) => string;

/** A double as DuckDB prints it; undefined where that may be with an exponent. */
const printDouble = (text: string): string | undefined => {
  const value = Number(text);
  const printed = String(value);
  if (Math.abs(value) < 0.001 || Math.abs(value) >= 1e16) return undefined;
  return printed.includes('.') ? printed : `${printed}.0`;
};

/** A number as DuckDB prints it, which reads one with a point as a double; undefined where that is not plain to see. */
const printNumber = (text: string): string | undefined => {
  const [, sign = '', whole = '', fraction] = /^(-?)([0-9]+)(?:[.]([0-9]+))?$/.exec(text) ?? [];
  if (whole === '' || (sign !== '' && /^0+$/.test(whole + (fraction ?? '')))) return undefined;
  if (fraction === undefined) return text;
  if (text.length - sign.length >= longNumberFrom) return printDouble(text);
  if (whole === '0' && /^000.*[1-9]/.test(fraction)) return undefined;
  return `${sign}${whole}.${fraction.replace(/0+$/, '') || '0'}`;
};

const isNumber = (json: string): boolean => /^[-0-9]/.test(json);

/** Where a decimal of a record may have lost digits as a double, the SQL takes all of its long numbers as written. */
const isInexact = (decimals: readonly string[]): boolean | undefined => {
  const printed = decimals.map((json) => (isNumber(json) ? printNumber(json) : json));
  if (printed.includes(undefined)) return undefined;
  return /[0-9]{7}[.]|[.][0-9]{9}[3-6]/.test(printed.join(' '));
};

/** How the numbers of an entity's records are printed that are too long for the module to say so: one in a hundred. */
export const createPrintLong = ({ columns }: Entity): PrintLong => {
  const decimals = columns.flatMap(({ type }, place) => (type === 'decimal' ? [place] : []));
  return (json, valueOf) => {
    const inexact = isInexact(decimals.map(valueOf));
    if (inexact === undefined) return '';
    return inexact ? json : (printNumber(json) ?? '');
  };
};
