import { describe, expect, test } from '@jest/globals';
import { toCell } from '../../../src/publish/xlsx/to-cell.ts';

describe('toCell', () => {
  test('keeps money to the cent up to ten trillion', () => {
    for (const text of ['0.01', '-0.10', '1234567890123.45', '9999999999999.99']) {
      expect((toCell(text, 'money') as number).toFixed(2)).toBe(Number(text).toFixed(2));
      expect(String(toCell(text, 'money'))).toBe(String(Number(text)));
    }
  });

  test('leaves an id as text that Excel would round', () => {
    expect(toCell(999_999_999_999_999, 'id')).toBe(999_999_999_999_999);
    expect(toCell('9007199254740993', 'id')).toBe('9007199254740993');
    expect(toCell('-9223372036854775808', 'id')).toBe('-9223372036854775808');
  });

  test('takes a date as the day it names, and an instant as its UTC digits', () => {
    expect(toCell('2024-03-31', 'date')).toEqual(new Date('2024-03-31T00:00:00Z'));
    expect(toCell('2024-03-31T23:59:59.123456Z', 'instant')).toEqual(
      new Date('2024-03-31T23:59:59.123Z'),
    );
  });

  test('leaves out what XML cannot hold, and cuts what Excel would', () => {
    expect(toCell('a\u0000b\u000bc\ufffed\n', 'text')).toBe('abcd\n');
    expect(String(toCell('é'.repeat(40_000), 'text'))).toHaveLength(32_767);
  });

  test('a missing value is an empty cell', () => {
    expect([toCell(null, 'money'), toCell(undefined, 'text')]).toEqual([null, null]);
  });

  test('what is no number or date stays the text that it is', () => {
    expect([toCell('n/a', 'money'), toCell('', 'count'), toCell('soon', 'date')]).toEqual([
      'n/a',
      '',
      'soon',
    ]);
  });
});
