const scale = 9;
const one = 10n ** BigInt(scale);

/** Billionths of a decimal's text. What lies below is rounded half away from zero, record by record. */
export function nanosOf(text: string): bigint {
  const match = /^(-?)(\d+)(?:\.(\d*))?$/.exec(text);
  if (match === null) throw new Error(`No decimal: ${text}`);
  const [, sign = '', whole = '0', fraction = ''] = match;
  const kept = BigInt(fraction.slice(0, scale).padEnd(scale, '0'));
  const isUp = Number(fraction.charAt(scale)) >= 5;
  const size = BigInt(whole) * one + kept + (isUp ? 1n : 0n);
  return sign === '-' ? -size : size;
}

/** The same of whole cents. */
export function nanosOfCents(cents: number): bigint {
  return BigInt(cents) * (one / 100n);
}

/** A JSON number of billionths, with two decimals at least. */
export function nanosText(nanos: bigint): string {
  const size = nanos < 0n ? -nanos : nanos;
  const fraction = String(size % one)
    .padStart(scale, '0')
    .replace(/0{1,7}$/, '');
  return `${nanos < 0n ? '-' : ''}${size / one}.${fraction}`;
}

/** 100 x part / whole with two decimals, halves away from zero; null where there is no whole. */
export function percentText(part: bigint, whole: bigint): string {
  if (whole === 0n) return 'null';
  const negative = part < 0n !== whole < 0n && part !== 0n;
  const [size, divisor] = [part < 0n ? -part : part, whole < 0n ? -whole : whole];
  const hundredths = (size * 20_000n + divisor) / (divisor * 2n);
  const text = `${hundredths / 100n}.${String(hundredths % 100n).padStart(2, '0')}`;
  return negative ? `-${text}` : text;
}
