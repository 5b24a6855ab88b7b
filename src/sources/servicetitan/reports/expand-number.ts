const exponentForm = /^(-?)(\d+)(?:\.(\d+))?[eE]([+-]?\d{1,3})$/;

/** A number without its exponent (`1.25e3` → `1250`); any other text stays as it is. */
export const expandNumber = (text: string): string => {
  const [, sign = '', whole = '', fraction = '', exponent = ''] = exponentForm.exec(text) ?? [];
  if (exponent === '') return text;
  const digits = whole + fraction;
  /** Where the point stands in the digits; it may be far outside of them. */
  const point = whole.length + Number(exponent);
  const head = digits.slice(0, Math.max(0, point)).padEnd(point, '0');
  const rest = digits.slice(Math.max(0, point)).padStart(digits.length - point, '0');
  const size = head.replace(/^0+(?=\d)/, '') || '0';
  return point >= digits.length ? `${sign}${size}` : `${sign}${size}.${rest}`;
};
