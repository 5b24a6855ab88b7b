import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { parseAmount } from '../../../src/pipeline/reconcile/parse-amount.ts';

const nanos = 1_000_000_000n;

test.each([
  ['1234.5', 1_234_500_000_000n],
  [' $1,234.50 ', 1_234_500_000_000n],
  ['-$1,234.50', -1_234_500_000_000n],
  ['$-1,234.50', -1_234_500_000_000n],
  ['$ 1,234,567', 1_234_567n * nanos],
  ['(1,234.50)', -1_234_500_000_000n],
  ['$(5)', -5n * nanos],
  ['($5.00)', -5n * nanos],
  ['( 5.00 )', -5n * nanos],
  ['5-', -5n * nanos],
  ['−5', -5n * nanos],
  ['+5', 5n * nanos],
  ['12.5%', 12_500_000_000n],
  ['-3.25 %', -3_250_000_000n],
  ['(3.25%)', -3_250_000_000n],
  ['.5', 500_000_000n],
  ['7.', 7n * nanos],
  ['\u00a07\u00a0', 7n * nanos],
  ['0.0000000005', 1n],
  ['-0.0000000005', -1n],
  ['0.00000000049', 0n],
  ['12345678901234567890.123456789', 12_345_678_901_234_567_890_123_456_789n],
  ['', 0n],
  ['  ', 0n],
  ['-', 0n],
  ['$ -', 0n],
  ['–', 0n],
])('%j is %s billionths', (text, amount) => {
  expect(parseAmount(text)).toBe(amount);
});

describe('what is no amount', () => {
  test.each([
    '1,5',
    '1.234,56',
    '12,34,567',
    ',500',
    '1,2345',
    '1.2.3',
    '1e3',
    '--5',
    '-5-',
    '-(5)',
    '(-5)',
    '((5))',
    '(5',
    '()',
    '€5',
    '5 USD',
    '%',
    '.',
    'n/a',
    'Iris Quill',
    '12 34',
    '0x10',
    'Infinity',
  ])('%j', (text) => {
    expect(parseAmount(text)).toBeUndefined();
  });
});

/** Every way in which an export may write an amount. */
const spellings = (whole: bigint, fraction: string, isNegative: boolean): string[] => {
  const dot = fraction === '' ? '' : `.${fraction}`;
  const plain = `${whole}${dot}`;
  const grouped = `${String(whole).replace(/\B(?=(?:\d{3})+$)/g, ',')}${dot}`;
  return [plain, grouped].flatMap((text) =>
    isNegative
      ? [`-${text}`, `-$${text}`, `$-${text}`, `(${text})`, `$(${text})`, `($${text})`, `${text}-`]
      : [text, `$${text}`, ` ${text} `, `+${text}`, `${text}%`],
  );
};

test('all spellings of an amount are one exact amount', () => {
  const fraction = fc.stringMatching(/^\d{0,9}$/);
  fc.assert(
    fc.property(
      fc.bigInt({ min: 0n, max: 10n ** 24n }),
      fraction,
      fc.boolean(),
      (whole, rest, isNegative) => {
        const size = whole * nanos + BigInt(rest.padEnd(9, '0'));
        for (const text of spellings(whole, rest, isNegative)) {
          expect({ text, amount: parseAmount(text) }).toEqual({
            text,
            amount: isNegative ? -size : size,
          });
        }
      },
    ),
  );
});

test('no text makes it throw, and what it takes has a digit or is a blank', () => {
  fc.assert(
    fc.property(fc.string(), (text) => {
      const amount = parseAmount(text);
      if (amount !== undefined && amount !== 0n) expect(text).toMatch(/\d/);
    }),
  );
});
