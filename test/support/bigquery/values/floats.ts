const form = /^\s*[-+]?(?:[0-9]+\.?[0-9]*|\.[0-9]+)(?:[eE][-+]?[0-9]+)?\s*$/;
const words: Readonly<Record<string, number>> = {
  nan: Number.NaN,
  inf: Number.POSITIVE_INFINITY,
  '+inf': Number.POSITIVE_INFINITY,
  '-inf': Number.NEGATIVE_INFINITY,
  infinity: Number.POSITIVE_INFINITY,
  '+infinity': Number.POSITIVE_INFINITY,
  '-infinity': Number.NEGATIVE_INFINITY,
};

export const parseFloat64 = (text: string): number | undefined =>
  form.test(text) ? Number(text) : words[text.trim().toLowerCase()];

/** As CAST writes it: `1`, `1e+20`, `1.5e-07`. */
export const formatFloat = (value: number): string => {
  if (Number.isNaN(value)) return 'nan';
  if (!Number.isFinite(value)) return value > 0 ? 'inf' : '-inf';
  const [digits = '', exponent = '0'] = value.toExponential().split('e');
  const power = Number(exponent);
  if (value === 0) return '0';
  if (power >= -5 && power < 15) {
    return power < 0
      ? value.toFixed(digits.replace(/[-.]/g, '').length - power - 1)
      : String(value);
  }
  const sign = power < 0 ? '-' : '+';
  return `${digits}e${sign}${String(Math.abs(power)).padStart(2, '0')}`;
};

/** As the API writes it in a result: whole numbers with `.0`, words in capitals. */
export const writeFloat = (value: number): string => {
  if (Number.isNaN(value)) return 'NaN';
  if (!Number.isFinite(value)) return value > 0 ? 'Infinity' : '-Infinity';
  const text = String(value).replace('e+', 'E').replace('e', 'E');
  return /^-?[0-9]+$/.test(text) ? `${text}.0` : text;
};
