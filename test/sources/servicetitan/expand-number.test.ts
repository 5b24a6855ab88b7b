import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import { expandNumber } from '../../../src/sources/servicetitan/reports/expand-number.ts';
import { roundToNine } from '../../support/exact-json.ts';

test('exponents are written out exactly', () => {
  const decimal = fc.tuple(fc.bigInt({ min: -999n, max: 999n }), fc.stringMatching(/^\d{0,6}$/));
  fc.assert(
    fc.property(decimal, fc.integer({ min: -9, max: 9 }), ([whole, fraction], exponent) => {
      const text = `${whole}${fraction === '' ? '' : `.${fraction}`}e${exponent}`;
      expect(expandNumber(text)).not.toMatch(/e/);
      expect(roundToNine(expandNumber(text))).toBe(roundToNine(text));
    }),
  );
});

test('anything without an exponent stays as it is', () => {
  for (const text of ['12', '-1.50', '0', '12e3x']) expect(expandNumber(text)).toBe(text);
});
