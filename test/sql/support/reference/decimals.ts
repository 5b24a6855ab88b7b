/** An exact decimal as a whole number of billionths: all that a NUMERIC column can hold. */
export type Nanos = bigint;

const abs = (n: bigint): bigint => (n < 0n ? -n : n);

/** The whole number nearest to a quotient, halves away from zero. */
export const divideRounded = (dividend: bigint, divisor: bigint): bigint => {
  const quotient = (2n * abs(dividend) + abs(divisor)) / (2n * abs(divisor));
  return dividend < 0n === divisor < 0n ? quotient : -quotient;
};

/** `-12.5` → -12500000000n; a tenth decimal and those after it are rounded. `undefined` where it is no decimal. */
export const parseNanos = (text: string): Nanos | undefined => {
  const [, sign, whole = '', fraction = ''] = /^(-?)(\d+)(?:\.(\d+))?$/.exec(text) ?? [];
  if (sign === undefined) return undefined;
  const size = divideRounded(BigInt(whole + fraction) * 10n ** 9n, 10n ** BigInt(fraction.length));
  return sign === '-' ? -size : size;
};

/** -12500000000n → `-12.500000000`. */
export const formatNanos = (nanos: Nanos): string => {
  const digits = String(abs(nanos)).padStart(10, '0');
  return `${nanos < 0n ? '-' : ''}${digits.slice(0, -9)}.${digits.slice(-9)}`;
};

/** A field's amount; nothing is 0. */
export const amountOf = (text: string | undefined): Nanos =>
  text === undefined ? 0n : (parseNanos(text) ?? 0n);

export const sumOf = (amounts: readonly Nanos[]): Nanos =>
  amounts.reduce((sum, amount) => sum + amount, 0n);

/** The product at nine decimals. */
export const multiply = (a: Nanos, b: Nanos): Nanos => divideRounded(a * b, 10n ** 9n);

/** `100 * part / whole`: the quotient at nine decimals, then rounded to two; nothing where `whole` is 0. */
export const percentOf = (part: bigint, whole: bigint): Nanos | null => {
  if (whole === 0n) return null;
  const quotient = divideRounded(100n * part * 10n ** 9n, whole);
  return divideRounded(quotient, 10n ** 7n) * 10n ** 7n;
};
