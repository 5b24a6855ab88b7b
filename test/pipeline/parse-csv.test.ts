import { describe, expect, test } from '@jest/globals';
import { parseCsv } from '../../src/pipeline/parse-csv.ts';

const lines = (text: string): [number, ...string[]][] =>
  parseCsv(text).rows.map(({ line, cells }) => [line, ...cells]);

describe('lines are those of the file', () => {
  test.each([
    ['plain', 'a,b\n1,2\n3,4\n', [2, 3]],
    ['no newline at the end', 'a,b\n1,2\n3,4', [2, 3]],
    ['empty lines', '\n\na,b\n\n1,2\n\n\n3,4\n\n', [5, 8]],
    ['line breaks inside quotes', 'a,b\n1,"x\n\ny"\n3,4\n"\n",5\n6,7\n', [2, 5, 6, 8]],
    ['line breaks at a field’s edges', 'a,b\n"\n1\n","\n2\n"\n3,4\n', [2, 7]],
    ['the line ends of Windows', 'a,b\r\n1,"x\r\ny"\r\n\r\n3,4\r\n', [2, 5]],
    ['both kinds of line ends', 'a,b\n1,2\r\n3,4\n', [2, 3]],
  ])('%s', (_, text, expected) => {
    expect(lines(text).map(([line]) => line)).toEqual(expected);
  });
});

test('fields keep their text; names of columns are trimmed, a byte order mark is none of it', () => {
  const csv = parseCsv('\uFEFF a ,b\r\n" x ","say ""hi"""\r\n');
  expect(csv).toEqual({
    columns: ['a', 'b'],
    rows: [{ line: 2, cells: [' x ', 'say "hi"'] }],
    faults: [],
  });
});

test('an empty file has no columns', () => {
  expect(parseCsv('')).toEqual({ columns: [], rows: [], faults: [] });
});

describe('what is wrong is told with its line', () => {
  test.each([
    ['a,b\n1,2\n1\n1,2,3\n', [3, 4], /it has 1 fields and the first row has 2/],
    ['a,b\n1,2\n1,"x\n2,3\n', [4], /never closed/],
    ['a,b\n1,x"y"\n', [2], /double the quote/],
    ['a,b\n"x"y,2\n', [2], /double the quotes/],
  ])('%j', (text, expected, reason) => {
    const { faults } = parseCsv(text);
    expect(faults[0]?.reason).toMatch(reason);
    expect(faults.map(({ line }) => line)).toEqual(expected);
  });
});
