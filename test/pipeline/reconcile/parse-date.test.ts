import { expect, test } from '@jest/globals';
import { parseDate } from '../../../src/pipeline/reconcile/parse-date.ts';
import { parseFlag } from '../../../src/pipeline/reconcile/parse-flag.ts';

test.each([
  ['2024-03-18', '2024-03-18'],
  ['3/18/2024', '2024-03-18'],
  ['03/08/2024', '2024-03-08'],
  ['3/18/2024 6:02 PM', '2024-03-18'],
  ['3/18/2024, 18:02:11', '2024-03-18'],
  ['2024-03-18 23:59', '2024-03-18'],
  ['2024-03-18T23:59:59.1234567-07:00', '2024-03-18'],
  ['2024-03-18T00:00:00-07:00', '2024-03-18'],
  ['2024-03-19T01:02:00Z', '2024-03-18'],
  ['2024-03-19T07:00:00.0000001Z', '2024-03-19'],
  ['2024-03-19T00:00:00Z', '2024-03-19'],
])('%s is %s in Phoenix', (text, date) => {
  expect(parseDate(text, 'America/Phoenix')).toBe(date);
});

test.each(['', '2024-02-30', '13/1/2024', '18.3.2024', '2024', '45369', 'Monday', '3/18/24'])(
  '%j is no date',
  (text) => {
    expect(parseDate(text, 'America/Phoenix')).toBeUndefined();
  },
);

test('yes and no are words or numbers', () => {
  for (const text of ['Yes', ' y', 'TRUE', '1', '2.5']) expect(parseFlag(text)).toBe(true);
  for (const text of ['No', 'n', 'false', '0', '', '-1']) expect(parseFlag(text)).toBe(false);
  for (const text of ['Sold', 'maybe', 'x']) expect(parseFlag(text)).toBeUndefined();
});
