/** An exact decimal as a whole number of billionths: all that the warehouse's NUMERIC holds. */
export type Nanos = bigint;

const one = 1_000_000_000n;

const abs = (n: bigint): bigint => (n < 0n ? -n : n);

/** The whole number nearest to a quotient, halves away from zero. */
export const divideRounded = (dividend: bigint, divisor: bigint): bigint => {
  const quotient = (2n * abs(dividend) + abs(divisor)) / (2n * abs(divisor));
  return dividend < 0n === divisor < 0n ? quotient : -quotient;
};

/** `-12.5` → -12500000000n; undefined where the text is no decimal. What is behind nine decimals is rounded. */
export const parseNanos = (text: string): Nanos | undefined => {
  const [, sign, whole = '', fraction = ''] = /^([+-]?)(\d+)(?:\.(\d*))?$/.exec(text) ?? [];
  if (sign === undefined) return undefined;
  const size = divideRounded(BigInt(whole + fraction) * one, 10n ** BigInt(fraction.length));
  return sign === '-' ? -size : size;
};

/** Rounded to fewer decimals, halves away from zero. */
export const roundNanos = (nanos: Nanos, decimals: number): Nanos => {
  const unit = 10n ** BigInt(9 - decimals);
  return divideRounded(nanos, unit) * unit;
};

/** With two decimals, and more only where they are not 0: -12500000000n → `-12.50`. */
export const formatNanos = (nanos: Nanos): string => {
  const digits = String(abs(nanos)).padStart(10, '0');
  const fraction = digits.slice(-9).replace(/0{1,7}$/, '');
  return `${nanos < 0n ? '-' : ''}${digits.slice(0, -9)}.${fraction}`;
};

/**
 * 100 times a quotient as the models compute it: divided at nine decimals, then rounded to two. Null without a divisor.
 */
export const percentOf = (part: bigint, whole: bigint): Nanos | null =>
  whole === 0n ? null : roundNanos(divideRounded(100n * part * one, whole), 2);
