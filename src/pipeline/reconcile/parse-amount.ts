import { parseNanos, type Nanos } from '../decimals.ts';

/** Thousands stand in threes or not at all: `1,5` is no amount here, whatever it is elsewhere. */
const digits = /^(?:\d{1,3}(?:,\d{3})+|\d+)(?:\.\d*)?$|^\.\d+$/;

/** A sign before or behind the currency, or behind the number; none inside of parentheses. */
const signed = /^([+\-−]?)\s*\$?\s*([+\-−]?)\s*([\d.,]+?)\s*%?\s*(-?)$/;

const toNanos = (text: string): Nanos | undefined => {
  const [, first = '', second = '', number = '', last = ''] = signed.exec(text) ?? [];
  const signs = [first, second, last].filter((sign) => sign !== '');
  if (!digits.test(number) || signs.length > 1) return undefined;
  const plain = number.replaceAll(',', '').replace(/^\./, '0.');
  const size = parseNanos(plain);
  const isNegative = signs[0] === '-' || signs[0] === '−';
  return size !== undefined && isNegative ? -size : size;
};

/**
 * An amount as exports write it, exactly: `1234.5`, `$1,234.50`, `-$5`, `(1,234.50)` for less than nothing, `12.5%` as
 * 12.5. A blank or a dash is 0. Undefined where the text is no amount.
 */
export const parseAmount = (text: string): Nanos | undefined => {
  const trimmed = text.trim();
  if (/^\$?\s*[-–]?$/.test(trimmed)) return 0n;
  const inner = /^(\$?)\s*\(([^()+\-−]*)\)$/.exec(trimmed);
  if (inner === null) return toNanos(trimmed);
  const size = toNanos(`${inner[1] ?? ''}${inner[2] ?? ''}`);
  return size === undefined ? undefined : -size;
};
