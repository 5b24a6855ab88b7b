import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import {
  divideRounded,
  formatNanos,
  parseNanos,
  percentOf,
  roundNanos,
} from '../../src/pipeline/decimals.ts';

describe('parseNanos', () => {
  test.each(['', '-', '1.2.3', '1e5', 'NaN', '.5', ' 1', '1,000', '0x10'])('refuses %j', (text) => {
    expect(parseNanos(text)).toBeUndefined();
  });

  test.each([
    ['0', 0n],
    ['-0', 0n],
    ['1.', 1_000_000_000n],
    ['+12.5', 12_500_000_000n],
    ['-12.5', -12_500_000_000n],
    ['0.0000000005', 1n],
    ['-0.0000000005', -1n],
    ['0.00000000049', 0n],
    ['99999999999999999999999999999.999999999', 10n ** 38n - 1n],
  ])('reads %s', (text, nanos) => {
    expect(parseNanos(text)).toBe(nanos);
  });
});

test('formatNanos keeps two decimals, and more only where they say something', () => {
  expect([0n, 5n, -1_500_000_000n, 1_230_000_000n, 1_234_500_000n].map(formatNanos)).toEqual([
    ...['0.00', '0.000000005', '-1.50', '1.23', '1.2345'],
  ]);
  fc.assert(
    fc.property(fc.bigInt(-(10n ** 38n), 10n ** 38n), (nanos) => {
      expect(parseNanos(formatNanos(nanos))).toBe(nanos);
    }),
  );
});

test('halves round away from zero', () => {
  expect([divideRounded(5n, 2n), divideRounded(-5n, 2n), divideRounded(5n, -2n)]).toEqual([
    ...[3n, -3n, -3n],
  ]);
  expect([4_999_999n, 5_000_000n, -5_000_000n, -4_999_999n].map((n) => roundNanos(n, 2))).toEqual([
    ...[0n, 10_000_000n, -10_000_000n, 0n],
  ]);
});

test('percentOf divides at nine decimals and rounds to two; there is none of 0', () => {
  const hundredths = (part: bigint, whole: bigint) => {
    const nanos = percentOf(part, whole);
    return nanos === null ? null : formatNanos(nanos);
  };
  expect([
    hundredths(1n, 0n),
    hundredths(1n, 8n),
    hundredths(2n, 3n),
    hundredths(-1n, 3n),
    // 50.125: the half goes up.
    hundredths(2005n, 4000n),
    // 0.00499999999995 is 0.005000000 at nine decimals, and that is 0.01.
    hundredths(499999999995n, 10_000_000_000_000_000n),
  ]).toEqual([null, '12.50', '66.67', '-33.33', '50.13', '0.01']);
});
