import { expect, test } from '@jest/globals';
import { encodeLine } from '../../../src/warehouses/bigquery/encode-lines.ts';
import { openReadAhead } from '../../../src/warehouses/bigquery/read-ahead.ts';

const plain = { batch: 2, line: 3, at: '2024-03-01T00:00:00.000Z' };
const encode = (payload: string): unknown => JSON.parse(encodeLine(payload, plain));

test('a record is carried as it stands', () => {
  for (const payload of [
    '{"id": 1, "total":1.50,"u":"\\u00e9\\u0000 é\u2028 😀","a":[ 1 ]}',
    '\t{"id":0.12345678901234567890}\r',
    '{}',
  ]) {
    expect(encode(payload)).toEqual({ ...plain, payload });
    expect(encodeLine(payload, plain).split('\n')).toHaveLength(2);
  }
});

test.each([
  ['{"a":"\\ud83d\\ude00"}', '{"a":"😀"}'],
  ['{"a":"\\ud800x\\uDC00"}', '{"a":"\ufffdx\ufffd"}'],
  ['{"a":"\\\\ud800 \\\\\\ud83d\\ude00"}', '{"a":"\\\\ud800 \\\\😀"}'],
  ['{"a":"\\ud83d\\ud83d\\ude00\\n"}', '{"a":"\ufffd😀\\n"}'],
])('surrogates are resolved beside it: %s', (payload, json) => {
  expect(encode(payload)).toEqual({ ...plain, payload, json });
});

test.each([
  ['{"id":1,', 'is not JSON'],
  ['', 'is not JSON'],
  ['{"a":"\u0001"}', 'is not JSON'],
  ['[1]', 'is not an object'],
  ['null', 'is not an object'],
  ['"{"', 'is not an object'],
  ['1', 'is not an object'],
])('what nothing can be read from is marked: %j', (payload, fault) => {
  expect(encode(payload)).toEqual({ ...plain, payload, fault });
});

async function* give(texts: readonly string[]): AsyncGenerator<string> {
  for (const text of texts) yield await Promise.resolve(text);
}

/** What an upload would send, in parts of so many bytes. */
const cut = async (texts: readonly string[], count: number) => {
  const ahead = openReadAhead(give(texts));
  const parts: { text: Buffer; last: boolean }[] = [];
  for (let last = false; !last;) {
    const part = await ahead.peek(count);
    last = part.last;
    parts.push({ text: part.bytes, last });
    ahead.drop(part.bytes.length);
  }
  return parts;
};

test.each([
  [['aaaa'], ['aaaa']],
  [
    ['aa', 'aa', 'b'],
    ['aaaa', 'b'],
  ],
  [['aaaabbbbcc'], ['aaaa', 'bbbb', 'cc']],
  [['aaaabbbb'], ['aaaa', 'bbbb']],
  [[], ['']],
])('parts are full but for the last: %j', async (texts, parts) => {
  const found = await cut(texts, 4);
  expect(found.map(({ text }) => text.toString())).toEqual(parts);
  expect(found.map(({ last }) => last)).toEqual(parts.map((_, at) => at === parts.length - 1));
});

test('parts are cut by bytes, and what was not taken stays ahead', async () => {
  const found = await cut(['é😀', 'x'.repeat(5)], 4);
  expect(Buffer.concat(found.map(({ text }) => text)).toString()).toBe('é😀xxxxx');
  const ahead = openReadAhead(give(['abc', 'def']));
  await ahead.peek(4);
  ahead.drop(1);
  expect((await ahead.peek(4)).bytes.toString()).toBe('bcde');
});
