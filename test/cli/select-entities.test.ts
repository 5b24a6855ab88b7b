import { describe, expect, test } from '@jest/globals';
import { nearestName, selectEntities } from '../../src/cli/select-entities.ts';
import { parseDuration } from '../../src/cli/parse-duration.ts';
import { formatTable } from '../../src/cli/format-table.ts';
import { servicetitanEntities } from '../../src/sources/servicetitan/index.ts';

describe('selectEntities', () => {
  test('takes lists and repeated options, in the source’s order', () => {
    const names = selectEntities(['invoices, jobs', 'estimates'], servicetitanEntities);
    expect(names.map(({ name }) => name)).toEqual(['jobs', 'estimates', 'invoices']);
  });

  test.each([
    ['invoice', 'invoices'],
    ['Jobs', 'jobs'],
    ['purchaseorders', 'purchase-orders'],
    ['invoice_items', 'invoice-items'],
  ])('for %s it proposes %s', (typed, meant) => {
    expect(() => selectEntities([typed], servicetitanEntities)).toThrow(`did you mean ${meant}?`);
  });

  test('proposes nothing far-fetched', () => {
    expect(nearestName('xylophone', ['jobs', 'invoices'])).toBeUndefined();
    expect(nearestName('foo', ['demo', 'sync'])).toBeUndefined();
    expect(nearestName('estimated', ['timesheets'])).toBeUndefined();
  });
});

describe('parseDuration', () => {
  test.each([
    ['90m', 5_400_000],
    ['36h', 129_600_000],
    ['2d', 172_800_000],
    ['1w', 604_800_000],
    ['3660d', 316_224_000_000],
  ])('%s', (text, milliseconds) => {
    expect(parseDuration(text, '--lookback')).toBe(milliseconds);
  });

  test.each(['', '2', 'd', '-1d', '1.5h', '1y'])('refuses %j', (text) => {
    expect(() => parseDuration(text, '--lookback')).toThrow('--lookback');
  });

  test.each(['3661d', '999999w', '9'.repeat(400) + 'm'])('finds %j too long', (text) => {
    expect(() => parseDuration(text, '--lookback')).toThrow(
      `Cannot use --lookback ${text}: it is longer than 3660 days; give 3660d at most`,
    );
  });
});

test('formatTable lines up numbers on the right and texts on the left', () => {
  expect(
    formatTable(
      ['entity', 'rows'],
      [
        ['jobs', 1234],
        ['a', null],
      ],
    ),
  ).toBe(['entity   rows', '──────  ─────', 'jobs    1,234', 'a           –'].join('\n'));
});
