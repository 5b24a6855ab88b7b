import { afterEach, beforeEach, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { jobs } from './entities.ts';
import { expectLedgerToMatch, openLab, type Lab, type Rig } from './lab.ts';

type Digits = { negative: boolean; whole: bigint; fraction: string; exponent: number };

const digits = fc.record({
  negative: fc.boolean(),
  whole: fc.oneof(fc.bigInt({ min: 0n, max: 99n }), fc.bigInt({ min: 0n, max: 10n ** 20n })),
  fraction: fc.stringMatching(/^[0-9]{0,25}$/),
  exponent: fc.oneof(fc.constant(0), fc.integer({ min: -12, max: 8 })),
});

/** Close to where the ninth digit is rounded, and of a size at which doubles are just fine enough or just not. */
const edges: fc.Arbitrary<Digits> = fc.record({
  negative: fc.boolean(),
  whole: fc.oneof(
    fc.bigInt({ min: 0n, max: 9n }),
    fc.bigInt({ min: 524_288n, max: 999_999n }),
    fc.bigInt({ min: 1_000_000n, max: 9_999_999n }),
  ),
  fraction: fc
    .tuple(
      fc.stringMatching(/^[0-9]{9}$/),
      fc.constantFrom('2', '3', '38', '4', '49', '4999', '5', '50', '5000', '6', '61', '7'),
      fc.stringMatching(/^[0-9]{0,12}$/),
    )
    .map((parts) => parts.join('')),
  exponent: fc.constant(0),
});

const toText = ({ negative, whole, fraction, exponent }: Digits): string =>
  `${negative ? '-' : ''}${whole}${fraction === '' ? '' : `.${fraction}`}` +
  (exponent === 0 ? '' : `e${exponent}`);

/** The number in billionths, half away from zero, in whole numbers alone. */
const toBillionths = ({ negative, whole, fraction, exponent }: Digits): bigint => {
  const unscaled = BigInt(`${whole}${fraction}`);
  const shift = 9 + exponent - fraction.length;
  const divisor = 10n ** BigInt(Math.max(0, -shift));
  const scaled = unscaled * 10n ** BigInt(Math.max(0, shift));
  const rounded = (scaled * 2n + divisor) / (divisor * 2n);
  return negative ? -rounded : rounded;
};

/** Decimals are stored to the ninth digit as the source wrote them. */
export const describeDecimals = (rig: Rig): void => {
  let lab: Lab;
  beforeEach(async () => {
    lab = await openLab(await rig.openPlace());
  });
  afterEach(async () => {
    await expectLedgerToMatch(lab);
    await lab.close();
  });

  test.each([
    ['1.1234567890123456789', '1.123456789'],
    ['1.1234567895000000000', '1.123456790'],
    ['0.12345678949999999999999', '0.123456789'],
    ['12345678901234567890123456789.123456789', '12345678901234567890123456789.123456789'],
    ['1e-7', '0.000000100'],
    ['1.50', '1.500000000'],
    ['100000000000000000.01', '100000000000000000.010000000'],
    ['-0.0000000005', '-0.000000001'],
    ['9007199254740993', '9007199254740993.000000000'],
    ['6e-12', '0.000000000'],
    ['5E-10', '0.000000001'],
    ['12.5e+3', '12500.000000000'],
    ['1e-99999999999', '0.000000000'],
  ])('the decimal %s is stored as %s', async (text, stored) => {
    await lab.load(jobs, [
      `{"id":1,"total":${text},"balance":"${text}"}`,
      `{"id":2,"memo":"[1.2345678901234567890","total": ${text},"balance":"${text}","lone":"\\udfff"}`,
    ]);
    expect(await lab.table(jobs, 'total, balance')).toEqual([
      [stored, stored],
      [stored, stored],
    ]);
  });

  test('decimals are exact, as numbers and as strings', async () => {
    const settings = { numRuns: Math.round(3000 * rig.share), seed: 20240301 };
    const many = [...fc.sample(digits, settings), ...fc.sample(edges, settings)];
    await lab.load(
      jobs,
      many.map((value, index) => {
        const text = toText(value);
        return `{"id":${index},"total":${text},"balance":"${text}"}`;
      }),
    );
    const rows = await lab.table(jobs, 'total, balance');
    const wrong = many.flatMap((value, index) => {
      const expected = toBillionths(value);
      const found = (rows[index] ?? []).map((text) => BigInt(String(text).replace('.', '')));
      return found.length === 2 && found.every((number) => number === expected)
        ? []
        : [{ text: toText(value), found, expected }];
    });
    expect(wrong).toEqual([]);
  });
};
