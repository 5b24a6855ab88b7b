const form = /^\s*([-+]?)(0[xX][0-9a-fA-F]+|[0-9]+)\s*$/;

/** Within 64 bits. */
export const isInt64 = (value: bigint): boolean => BigInt.asIntN(64, value) === value;

/** A text as GoogleSQL's CAST takes it for an integer: `1.5` and `1e3` are none. */
export const parseInt64 = (text: string): bigint | undefined => {
  const [, sign, digits] = form.exec(text) ?? [];
  if (digits === undefined) return undefined;
  const value = sign === '-' ? -BigInt(digits) : BigInt(digits);
  return isInt64(value) ? value : undefined;
};
