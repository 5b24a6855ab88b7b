import fc from 'fast-check';
import { rewriteRecord } from '../../../src/warehouses/duckdb/rewrite-record.ts';
import { anyCharacter } from '../../support/any-character.ts';

test.each([
  ['{"a":1.2345678901234567890}', '{"a":"1.2345678901234567890"}'],
  ['{"a":[-12345678901234567,1.5]}', '{"a":["-12345678901234567",1.5]}'],
  ['{"a":"1.2345678901234567890"}', '{"a":"1.2345678901234567890"}'],
  ['{"a\\"":"x\\\\","b":1.23456789012345678}', '{"a\\"":"x\\\\","b":"1.23456789012345678"}'],
  ['{"a":"\\ud800"}', '{"a":"\\ufffd"}'],
  ['{"a":"\\ud800\\ud83d\\uDE00\\udc00"}', '{"a":"\\ufffd\\ud83d\\uDE00\\ufffd"}'],
  ['{"a":"\\\\ud800"}', '{"a":"\\\\ud800"}'],
  ['{"a":"open', '{"a":"open'],
])('%s is rewritten as %s', (text, rewritten) => {
  expect(rewriteRecord(text)).toBe(rewritten);
});

test('a very long string is no trouble', () => {
  const text = `{"a":"${'x\\n'.repeat(10_000_000)}"}`;
  expect(rewriteRecord(text)).toBe(text);
});

test('what DuckDB reads anyway stays as it is', () => {
  fc.assert(
    fc.property(fc.jsonValue({ stringUnit: anyCharacter }), (value) => {
      const text = JSON.stringify(value);
      fc.pre(!/[0-9.e+-]{16}|\\ud/i.test(text));
      expect(rewriteRecord(text)).toBe(text);
    }),
  );
});
