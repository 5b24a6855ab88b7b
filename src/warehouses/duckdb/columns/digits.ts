import { putWords, type ColumnBuffer } from './buffers.ts';

const zero = 0x30;
const word = 2 ** 32;

/** Whole numbers of so many digits are exact as JavaScript's. */
export const exactDigits = 15;

export const isDigit = (byte: number): boolean => byte >= zero && byte <= 0x39;

/** The place after the digits that begin at `at`; `at` where there are none. */
export const skipDigits = (bytes: Buffer, at: number): number => {
  let i = at;
  while (isDigit(bytes[i] ?? 0)) i += 1;
  return i;
};

/** The whole number of the digits from `from` to `to`: at most {@link exactDigits} of them. */
export const readWhole = (bytes: Buffer, from: number, to: number): number => {
  let value = 0;
  for (let i = from; i < to; i += 1) value = value * 10 + (bytes[i] ?? 0) - zero;
  return value;
};

/** The first digits of a fraction that stands from `from` to `to`, as a whole number of just so many digits. */
export const readFraction = (bytes: Buffer, from: number, to: number, digits: number): number => {
  const read = Math.min(to - from, digits);
  return readWhole(bytes, from, from + read) * 10 ** (digits - read);
};

/** Stores a whole number below 2^53, or its negative. */
export const putWhole = (
  column: ColumnBuffer,
  row: number,
  value: number,
  negative: boolean,
): void => {
  putHalves(column, row, (value % word) | 0, Math.floor(value / word), negative);
};

/** Stores a whole number below 2^63, or its negative, by its lower and upper 32 bits. */
export const putHalves = (
  column: ColumnBuffer,
  row: number,
  low: number,
  high: number,
  negative: boolean,
): void => {
  if (negative) putWords(column, row, -low | 0, low === 0 ? -high : ~high);
  else putWords(column, row, low, high);
};
