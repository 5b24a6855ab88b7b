import { describe, expect, test } from '@jest/globals';
import { parse } from 'csv-parse/sync';
import { formatAmount } from '../../src/cli/format-amount.ts';
import { formatCsv } from '../../src/cli/format-csv.ts';
import { formatTable } from '../../src/cli/format-table.ts';
import { selectNames } from '../../src/cli/select-names.ts';
import { ConfigError } from '../../src/errors.ts';

describe('formatCsv', () => {
  test('keeps a spreadsheet from running a name; numbers stay as they are', () => {
    const names = ['=1+1', '+x', '-x', '@x', '\tx', '=a,"b"', 'a=b', '- 5'];
    const csv = formatCsv(
      ['name', 'n'],
      names.map((name) => ({ name, n: '-12.50' })),
    );
    expect(parse(csv)).toEqual([
      ['name', 'n'],
      ...["'=1+1", "'+x", "'-x", "'@x", "'\tx", `'=a,"b"`, 'a=b', "'- 5"].map((name) => [
        name,
        '-12.50',
      ]),
    ]);
  });

  test('quotes what would break a line, and leaves NULL empty', () => {
    const row = { a: 'Paint, "fine"', b: null, c: 'two\nlines', d: -5, e: 0 };
    const csv = formatCsv(['a', 'b', 'c', 'd', 'e', 'missing'], [row]);
    expect(csv).toBe('a,b,c,d,e,missing\n"Paint, ""fine""",,"two\nlines",-5,0,');
    expect(formatCsv(['a'], [])).toBe('a');
  });
});

test.each([
  [null, '–'],
  [0, '0'],
  [1234567, '1,234,567'],
  ['0.005', '0.01'],
  ['-0.005', '-0.01'],
  ['-0.004999999', '0.00'],
  ['999999.995', '1,000,000.00'],
  ['-1234567.891', '-1,234,567.89'],
  ['20000000000333.593333333', '20,000,000,000,333.59'],
  ['123.45', '123.45'],
])('formatAmount(%j) is %s', (amount, text) => {
  expect(formatAmount(amount)).toBe(text);
});

describe('formatTable', () => {
  const heads = ['unit', 'first', 'second', 'third'];
  const rows = [['Phoenix', '1.00', '22.00', '333.00']];
  const right = [false, true, true, true];

  test('is one table where it fits', () => {
    const table = formatTable(heads, rows, { right, width: 31 });
    expect(table.split('\n')).toEqual([
      'unit     first  second   third',
      '───────  ─────  ──────  ──────',
      'Phoenix   1.00   22.00  333.00',
    ]);
  });

  test('is cut where it does not, the keys before each part', () => {
    expect(formatTable(heads, rows, { right, width: 25 }).split('\n')).toEqual([
      'unit     first  second',
      '───────  ─────  ──────',
      'Phoenix   1.00   22.00',
      '',
      'unit      third',
      '───────  ──────',
      'Phoenix  333.00',
    ]);
  });

  test('shows each column even where there is room for none', () => {
    const table = formatTable(heads, rows, { right, width: 1 });
    expect(table.match(/^unit /gm)).toHaveLength(3);
    expect(formatTable(['unit'], [['Phoenix']], { width: 1 })).toBe('unit\n───────\nPhoenix');
  });
});

describe('selectNames', () => {
  const known = ['Phoenix-Sales', 'Hall, Sons', 'Hall', ' Sons & Co '];
  const select = (...typed: string[]) =>
    selectNames(typed, { known, action: 'show unit', what: 'unit' });

  test('cuts at commas, unless they belong to a name', () => {
    expect(select('phoenix-sales, HALL')).toEqual(['Phoenix-Sales', 'Hall']);
    expect(select('Hall, Sons')).toEqual(['Hall, Sons']);
    expect(select('Hall, Sons,Hall,Sons & Co')).toEqual(['Hall, Sons', 'Hall', ' Sons & Co ']);
    expect(select('Hall', 'hall')).toEqual(['Hall']);
  });

  test('refuses a name that is none, and an empty one', () => {
    for (const typed of ['Hall,Phenix-Sales', 'Hall,,Hall', '']) {
      expect(() => select(typed)).toThrow(ConfigError);
    }
    expect(() => select('Hall,Phenix-sales')).toThrow('did you mean Phoenix-Sales?');
  });
});
