import { roundToNine } from './exact-json.ts';

const nanosOf = (text: string): bigint => {
  const [, sign = '', whole = '0', fraction = ''] =
    /^(-?)(\d+)(?:\.(\d+))?$/.exec(roundToNine(text)) ?? [];
  const size = BigInt(whole + fraction.padEnd(9, '0'));
  return sign === '-' ? -size : size;
};

/** The exact sum of decimals given as texts of nine decimals at most, without trailing zeros. */
export const addExact = (texts: readonly string[]): string => {
  const sum = texts.map(nanosOf).reduce((total, one) => total + one, 0n);
  const size = String(sum < 0n ? -sum : sum).padStart(10, '0');
  return roundToNine(`${sum < 0n ? '-' : ''}${size.slice(0, -9)}.${size.slice(-9)}`);
};
