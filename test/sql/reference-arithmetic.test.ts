import { describe, expect, test } from '@jest/globals';
import { calendarDate, localDate, mondayOf, yearAfter } from './support/reference/dates.ts';
import { divideRounded, formatNanos, parseNanos, percentOf } from './support/reference/decimals.ts';

describe('decimals', () => {
  test('halves round away from zero', () => {
    expect([5n, -5n, 4n, -4n, 15n].map((n) => divideRounded(n, 10n))).toEqual([
      1n,
      -1n,
      0n,
      0n,
      2n,
    ]);
    expect(parseNanos('-0.0000000005')).toBe(-1n);
    expect(parseNanos('12.50')).toBe(12_500_000_000n);
    expect(['', 'abc', '1,5', ' 1'].map(parseNanos)).toEqual(Array(4).fill(undefined));
    expect([-1n, 12_500_000_000n, 0n].map(formatNanos)).toEqual([
      '-0.000000001',
      '12.500000000',
      '0.000000000',
    ]);
  });

  test('percentages are of nine decimals, then of two', () => {
    // 100 × 78 / 201 = 38.805970…; 1 / 8 = 12.5 %; 0.125 % is half-way; 2/3 of minus.
    expect(percentOf(78n, 201n)).toBe(38_810_000_000n);
    expect(percentOf(1n, 800n)).toBe(130_000_000n);
    expect(percentOf(-1n, 800n)).toBe(-130_000_000n);
    expect(percentOf(0n, 5n)).toBe(0n);
    expect(percentOf(5n, 0n)).toBeNull();
  });
});

describe('dates', () => {
  test.each([
    ['2025-08-19T01:02:00Z', 'America/Phoenix', '2025-08-18'],
    ['2025-08-19T07:00:00Z', 'America/Phoenix', '2025-08-19'],
    ['2025-08-19T06:59:59.999999Z', 'America/Phoenix', '2025-08-18'],
    ['2024-03-10T04:59:00Z', 'America/New_York', '2024-03-09'],
    ['2024-03-11T04:00:00Z', 'America/New_York', '2024-03-11'],
    ['2024-02-28T18:30:00Z', 'Asia/Kolkata', '2024-02-29'],
    ['0001-01-01T00:00:00Z', 'America/Phoenix', undefined],
    ['1999-12-31T23:59:59Z', 'America/Phoenix', undefined],
  ])('%s in %s is on %s', (instant, zone, date) => {
    expect(localDate(instant, zone)).toBe(date);
  });

  test.each([
    ['2024-03-05T00:00:00Z', '2024-03-05'],
    ['2024-03-05T00:00:00.000+00:00', '2024-03-05'],
    ['2024-03-05', '2024-03-05'],
    ['2024-03-05T01:00:00', '2024-03-05'],
    ['2024-03-05T01:00:00Z', '2024-03-04'],
    ['2024-03-05T20:00:00-07:00', '2024-03-05'],
    ['2024-03-05T17:00:00-07:00', '2024-03-05'],
    ['2024-03-05T05:30:00+05:30', '2024-03-04'],
    ['2024-03-05T20:00:00-07', '2024-03-05'],
    ['0001-01-01T00:00:00Z', undefined],
  ])('the date %s is %s in Phoenix', (text, date) => {
    expect(calendarDate(text, 'America/Phoenix')).toBe(date);
  });

  test('weeks begin on Monday, and a year later is the same day', () => {
    expect(['2024-03-04', '2024-03-10', '2024-03-11'].map(mondayOf)).toEqual([
      '2024-03-04',
      '2024-03-04',
      '2024-03-11',
    ]);
    expect(['2024-03-04', '2016-02-29'].map(yearAfter)).toEqual(['2025-03-04', '2017-02-28']);
  });
});
