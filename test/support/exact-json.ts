/** A JSON value whose numbers are kept as the text they were written with. */
export type Exact = string | boolean | null | Exact[] | { [key: string]: Exact };

const token = /"(?:[^"\\]|\\.)*"|-?\d+(?:\.\d+)?(?:[eE][+-]?\d+)?/g;

/** Parses JSON without touching its numbers: `1.10` stays '1.10'. */
export const parseExact = (text: string): Exact =>
  JSON.parse(
    text.replace(token, (found) => (found.startsWith('"') ? found : `"${found}"`)),
  ) as Exact;

/** JSON without the white space between its tokens. */
export const compact = (text: string): string =>
  text.replace(/"(?:[^"\\]|\\.)*"|\s+/g, (found) => (found.startsWith('"') ? found : ''));

/** A decimal's text rounded half away from zero to nine decimals, without trailing zeros; exponents allowed. */
export const roundToNine = (text: string): string => {
  const [, sign = '', whole = '', fraction = '', exponent = '0'] =
    /^(-?)(\d+)(?:\.(\d+))?(?:[eE]([+-]?\d+))?$/.exec(text) ?? [];
  const shift = 9 + Number(exponent) - fraction.length;
  const digits = BigInt(whole + fraction);
  const scaled =
    shift >= 0
      ? digits * 10n ** BigInt(shift)
      : (digits + 5n * 10n ** BigInt(-shift - 1)) / 10n ** BigInt(-shift);
  return scaled === 0n ? '0' : `${sign}${unscale(scaled)}`;
};

const unscale = (scaled: bigint): string => {
  const text = scaled.toString().padStart(10, '0');
  return `${text.slice(0, -9)}.${text.slice(-9)}`.replace(/\.?0+$/, '');
};
