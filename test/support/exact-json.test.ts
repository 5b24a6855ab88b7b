import { expect, test } from '@jest/globals';
import { compact, parseExact, roundToNine } from './exact-json.ts';

test.each([
  ['1.10', '1.1'],
  ['-0.00000000049', '0'],
  ['0.0000000005', '0.000000001'],
  ['-2.9999999995', '-3'],
  ['1.0000000004999999999', '1'],
  ['12345678901234567890.123456789', '12345678901234567890.123456789'],
  ['1e2', '100'],
  ['25e-11', '0'],
  ['100', '100'],
])('roundToNine %s', (text, rounded) => {
  expect(roundToNine(text)).toBe(rounded);
});

test('numbers keep their text, strings their content', () => {
  expect(parseExact('{"a": 1.10, "b": "2 [3]", "c": [-4e5, null, true]}')).toEqual({
    a: '1.10',
    b: '2 [3]',
    c: ['-4e5', null, true],
  });
  expect(compact('{ "a" : "x y" ,\n"b":1 }')).toBe('{"a":"x y","b":1}');
});
