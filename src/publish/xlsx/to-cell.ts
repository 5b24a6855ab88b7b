import type { Value } from '../../warehouses/warehouse.ts';
import type { Holds } from './sheet.ts';

export type Cell = string | number | Date | null;

/** Excel cuts what is longer. */
const charactersMax = 32_767;

/** Excel shows and keeps 15 digits of a number: a longer id stays text. */
const idMax = 999_999_999_999_999;

/** Characters that XML cannot hold. */
const unprintable = /[^\t\n\r\u0020-\ufffd]/g;

const toText = (text: string): string => text.replace(unprintable, '').slice(0, charactersMax);

const toNumber = (text: string): number | string => {
  const number = Number(text);
  return text.trim() === '' || !Number.isFinite(number) ? toText(text) : number;
};

const toId = (text: string): number | string => {
  const number = toNumber(text);
  return typeof number === 'number' && Math.abs(number) <= idMax ? number : text;
};

/** Dates and instants alike are drawn as their UTC digits: a workbook knows no time zones. */
const toDate = (text: string): Date | string => {
  const date = new Date(text);
  return Number.isNaN(date.getTime()) ? toText(text) : date;
};

/**
 * A value as a typed cell. Text is a string cell whatever it begins with, never a formula. Amounts are the double that
 * is nearest to the exact text, which is all that a workbook holds: exact to the cent up to ten trillion.
 */
export const toCell = (value: Value | undefined, holds: Holds): Cell => {
  if (value === null || value === undefined) return null;
  const text = String(value);
  switch (holds) {
    case 'text':
      return toText(text);
    case 'id':
      return toId(text);
    case 'count':
    case 'money':
    case 'percent':
      return toNumber(text);
    case 'date':
    case 'instant':
      return toDate(text);
  }
};
