import { expect, test } from '@jest/globals';
import { encodeLine } from '../../../src/warehouses/bigquery/encode-lines.ts';
import { toChunks, type Chunk } from '../../../src/warehouses/bigquery/to-chunks.ts';

const encode = (payload: string): unknown =>
  JSON.parse(encodeLine(payload, 3, '2024-03-01T00:00:00.000Z'));
const plain = { line: 3, at: '2024-03-01T00:00:00.000Z' };

test('a record is carried as it stands', () => {
  for (const payload of [
    '{"id": 1, "total":1.50,"u":"\\u00e9\\u0000 é\u2028 😀","a":[ 1 ]}',
    '\t{"id":0.12345678901234567890}\r',
    '{}',
  ]) {
    expect(encode(payload)).toEqual({ ...plain, payload });
    expect(encodeLine(payload, 3, plain.at).split('\n')).toHaveLength(2);
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

const cut = async (texts: readonly string[], bytes: number): Promise<Chunk[]> => {
  const chunks: Chunk[] = [];
  for await (const chunk of toChunks(give(texts), bytes)) chunks.push(chunk);
  return chunks;
};

test.each([
  [['aaaa'], ['aaaa']],
  [
    ['aa', 'aa', 'b'],
    ['aaaa', 'b'],
  ],
  [['aaaabbbbcc'], ['aaaa', 'bbbb', 'cc']],
  [['aaaabbbb'], ['aaaa', 'bbbb']],
  [[], []],
])('chunks are full but for the last: %j', async (texts, parts) => {
  const chunks = await cut(texts, 4);
  expect(chunks.map(({ bytes }) => bytes.toString())).toEqual(parts);
  expect(chunks.map(({ from }) => from)).toEqual(parts.map((_, index) => index * 4));
  expect(chunks.map(({ last }) => last)).toEqual(
    parts.map((_, index) => index === parts.length - 1),
  );
});

test('chunks are cut by bytes, not by characters', async () => {
  const chunks = await cut(['é😀', 'x'.repeat(5)], 4);
  expect(Buffer.concat(chunks.map(({ bytes }) => bytes)).toString()).toBe('é😀xxxxx');
  expect(chunks.map(({ bytes }) => bytes.length)).toEqual([4, 4, 3]);
});
