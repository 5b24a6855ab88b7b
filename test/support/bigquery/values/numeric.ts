const form = /^\s*([-+]?)([0-9]*)(?:\.([0-9]*))?(?:[eE]([-+]?[0-9]+))?\s*$/;
const nanosMax = 10n ** 38n;

/** Halves away from zero. */
const dropDigits = (digits: bigint, count: number): bigint => {
  const unit = 10n ** BigInt(count);
  return (digits + unit / 2n) / unit;
};

/** A decimal in billionths, rounded to nine places; undefined when it is no NUMERIC. */
export const parseNumeric = (text: string): bigint | undefined => {
  const found = form.exec(text);
  const [, sign = '', whole = '', fraction = '', exponent = '0'] = found ?? [];
  if (found === null || whole + fraction === '') return undefined;
  const digits = BigInt(whole + fraction);
  if (digits === 0n) return 0n;
  const shift = 9 + Number(exponent) - fraction.length;
  if (shift > 60) return undefined;
  const drop = Math.min(-shift, whole.length + fraction.length + 1);
  const nanos = shift >= 0 ? digits * 10n ** BigInt(shift) : dropDigits(digits, drop);
  if (nanos >= nanosMax) return undefined;
  return sign === '-' ? -nanos : nanos;
};

/** `1.5`: no zeros at the end. */
export const formatNumeric = (nanos: bigint): string => {
  const digits = (nanos < 0n ? -nanos : nanos).toString().padStart(10, '0');
  const text = `${digits.slice(0, -9)}.${digits.slice(-9)}`.replace(/\.?0+$/, '');
  return nanos < 0n ? `-${text}` : text;
};

/** A decimal of another scale in billionths, rounded to nine places. */
export const toNanos = (value: bigint, scale: number): bigint => {
  if (scale <= 9) return value * 10n ** BigInt(9 - scale);
  const rounded = dropDigits(value < 0n ? -value : value, scale - 9);
  return value < 0n ? -rounded : rounded;
};
