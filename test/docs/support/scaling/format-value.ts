const digits = (value: number): number => {
  const size = Math.abs(value);
  if (Number.isInteger(value) || size >= 100) return 0;
  return size >= 10 ? 1 : size >= 1 ? 2 : 3;
};

const plain = (value: number): string => {
  if (value !== 0 && Math.abs(value) < 0.1) return String(Number(value.toPrecision(2)));
  return value.toLocaleString('en-US', { maximumFractionDigits: digits(value) });
};

/** Cents, where there are whole ones; else as exact as any number. */
const dollars = (value: number): string =>
  value === 0 || value < 0.1 || value >= 100
    ? plain(value)
    : value.toLocaleString('en-US', { minimumFractionDigits: 2, maximumFractionDigits: 2 });

/** A value as the page shows it; the name's ending says its unit: `_usd`, or `_share` for a percentage. */
export const formatValue = (name: string, value: number): string => {
  if (name.endsWith('_share')) return `${plain(value * 100)} %`;
  return name.endsWith('_usd') ? `$${dollars(value)}` : plain(value);
};

/** The value of a cell that a person, or {@link formatValue}, wrote. */
export const parseValue = (cell: string): number => {
  const text = cell.replace(/[$,\s]/g, '');
  const value = text.endsWith('%') ? Number(text.slice(0, -1)) / 100 : Number(text);
  if (text === '' || !Number.isFinite(value)) throw new Error(`${cell} is no number`);
  return value;
};
