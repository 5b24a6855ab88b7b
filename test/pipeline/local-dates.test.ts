import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { ConfigError } from '../../src/errors.ts';
import {
  calendarDate,
  cutByMonth,
  startOfLocalDate,
  subtractWindows,
} from '../../src/pipeline/local-dates.ts';

describe('startOfLocalDate', () => {
  test.each([
    ['2024-03-01', 'America/Phoenix', '2024-03-01T07:00:00.000Z'],
    ['2024-03-10', 'America/New_York', '2024-03-10T05:00:00.000Z'],
    ['2024-03-11', 'America/New_York', '2024-03-11T04:00:00.000Z'],
    ['2024-02-29', 'Asia/Kolkata', '2024-02-28T18:30:00.000Z'],
  ])('%s in %s begins at %s', (date, zone, instant) => {
    expect(startOfLocalDate(date, zone, '--from')).toBe(instant);
  });

  test.each([
    '2023-02-29',
    '2024-13-01',
    '01.02.2024',
    'yesterday',
    '2024-1-1',
    '',
    '2024-03-01T00:00',
  ])('refuses %j', (text) => {
    expect(() => startOfLocalDate(text, 'America/Phoenix', '--from')).toThrow(ConfigError);
    expect(() => startOfLocalDate(text, 'America/Phoenix', '--from')).toThrow('--from');
  });
});

test('a calendar date is the local date as midnight UTC', () => {
  expect(calendarDate('2024-03-01T05:00:00.000Z', 'America/Phoenix')).toBe(
    '2024-02-29T00:00:00.000Z',
  );
});

describe('cutByMonth', () => {
  test('cuts at the first of each month in the time zone, across a change of clocks', () => {
    const window = { from: '2024-02-15T05:00:00.000Z', to: '2024-04-10T04:00:00.000Z' };
    expect(cutByMonth(window, 'America/New_York')).toEqual([
      { from: '2024-02-15T05:00:00.000Z', to: '2024-03-01T05:00:00.000Z' },
      { from: '2024-03-01T05:00:00.000Z', to: '2024-04-01T04:00:00.000Z' },
      { from: '2024-04-01T04:00:00.000Z', to: '2024-04-10T04:00:00.000Z' },
    ]);
  });

  test('an empty window has no months', () => {
    const at = '2024-02-15T05:00:00.000Z';
    expect(cutByMonth({ from: at, to: at }, 'America/Phoenix')).toEqual([]);
  });
});

describe('subtractWindows', () => {
  const day = (n: number): string => new Date(Date.UTC(2024, 0, 1 + n)).toISOString();
  const span = fc
    .tuple(fc.nat(30), fc.integer({ min: 1, max: 10 }))
    .map(([from, length]) => ({ from: day(from), to: day(from + length) }));

  test('covers each instant of the window exactly once, together with what was covered', () => {
    fc.assert(
      fc.property(span, fc.array(span, { maxLength: 5 }), (window, covered) => {
        const gaps = subtractWindows(window, covered);
        const isIn = (instant: string, { from, to }: typeof window): boolean =>
          from <= instant && instant < to;
        for (let n = 0; n < 45; n += 1) {
          const wanted = isIn(day(n), window) && !covered.some((part) => isIn(day(n), part));
          expect(gaps.filter((gap) => isIn(day(n), gap))).toHaveLength(wanted ? 1 : 0);
        }
      }),
    );
  });
});
