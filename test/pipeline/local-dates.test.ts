import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { ConfigError } from '../../src/errors.ts';
import {
  calendarDate,
  cutByMonths,
  localDate,
  startOfLocalDate,
  subtractWindows,
} from '../../src/pipeline/local-dates.ts';

describe('startOfLocalDate', () => {
  test.each([
    ['2024-03-01', 'America/Phoenix', '2024-03-01T07:00:00.000Z'],
    ['2024-03-10', 'America/New_York', '2024-03-10T05:00:00.000Z'],
    ['2024-03-11', 'America/New_York', '2024-03-11T04:00:00.000Z'],
    ['2024-02-29', 'Asia/Kolkata', '2024-02-28T18:30:00.000Z'],
    // The clocks go forward at midnight: the day begins at one o'clock.
    ['1995-10-01', 'America/Asuncion', '1995-10-01T04:00:00.000Z'],
    // The clocks go back over midnight: the day begins with the first of two midnights.
    ['2026-11-01', 'America/Havana', '2026-11-01T04:00:00.000Z'],
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

describe('cutByMonths', () => {
  test('cuts at the first of each month in the time zone, across a change of clocks', () => {
    const window = { from: '2024-02-15T05:00:00.000Z', to: '2024-04-10T04:00:00.000Z' };
    expect(cutByMonths(window, 'America/New_York', 1)).toEqual([
      { from: '2024-02-15T05:00:00.000Z', to: '2024-03-01T05:00:00.000Z' },
      { from: '2024-03-01T05:00:00.000Z', to: '2024-04-01T04:00:00.000Z' },
      { from: '2024-04-01T04:00:00.000Z', to: '2024-04-10T04:00:00.000Z' },
    ]);
  });

  test.each([
    ['America/Asuncion', '1995-10-05T12:00:00.000Z', '1995-11-01T03:00:00.000Z'],
    ['America/Havana', '2026-10-05T12:00:00.000Z', '2026-11-01T04:00:00.000Z'],
    ['America/Havana', '2026-11-01T04:30:00.000Z', '2026-12-01T05:00:00.000Z'],
  ])('where clocks change at midnight: %s, the month of %s ends at %s', (zone, from, end) => {
    expect(cutByMonths({ from, to: '2027-01-01T00:00:00.000Z' }, zone, 1)[0]).toEqual({
      from,
      to: end,
    });
  });

  test('in every time zone: no gap, no overlap, each cut on a first of the month', () => {
    const zones = Intl.supportedValuesOf('timeZone');
    const instant = fc
      .integer({ min: Date.UTC(1995, 0, 1), max: Date.UTC(2035, 0, 1) })
      .map((ms) => new Date(ms).toISOString());
    const length = fc.integer({ min: 0, max: 800 * 86_400_000 });
    const widths = fc.constantFrom(1, 12, 120);
    fc.assert(
      fc.property(fc.constantFrom(...zones), instant, length, widths, (zone, from, ms, months) => {
        const to = new Date(Date.parse(from) + ms).toISOString();
        const windows = cutByMonths({ from, to }, zone, months);
        expect(windows.length === 0).toBe(ms === 0);
        let at = from;
        for (const window of windows) {
          expect(window.from).toBe(at);
          expect(window.to > window.from).toBe(true);
          at = window.to;
          const [before, after] = [-1, 0].map((step) =>
            localDate(new Date(Date.parse(at) + step).toISOString(), zone).slice(0, 7),
          );
          if (at !== to) expect(after !== before).toBe(true);
        }
        expect(at).toBe(ms === 0 ? from : to);
      }),
      { numRuns: 150 },
    );
  });

  test('an empty window has no months', () => {
    const at = '2024-02-15T05:00:00.000Z';
    expect(cutByMonths({ from: at, to: at }, 'America/Phoenix', 12)).toEqual([]);
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
