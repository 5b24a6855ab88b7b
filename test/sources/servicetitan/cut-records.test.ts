import fc from 'fast-check';
import { HttpFailure } from '../../../src/http/failure.ts';
import { cutRecords } from '../../../src/sources/servicetitan/cut-records.ts';
import { joinLines } from '../../../src/sources/servicetitan/join-lines.ts';

const cut = (text: string | Buffer): string[] => {
  const body = Buffer.from(text);
  const { spans } = cutRecords(body);
  const records: string[] = [];
  for (let i = 0; i < spans.length; i += 2) {
    records.push(body.toString('utf8', spans[i], spans[i + 1]));
  }
  return records;
};

const isMalformed = (text: string | Buffer): boolean => {
  try {
    cut(text);
    return false;
  } catch (error) {
    if (error instanceof HttpFailure && error.kind === 'body') return true;
    throw error;
  }
};

test.each([
  ['nothing in data', '{"data":[]}', []],
  ['white space all over', ' \t{ "data" : [ { } , { "a" : 1 } ] } ', ['{ }', '{ "a" : 1 }']],
  ['data last', '{"page":1,"hasMore":false,"data":[{"a":1}]}', ['{"a":1}']],
  ['data first', '{"data":[{"a":1}],"page":1}', ['{"a":1}']],
  ['data inside other members', '{"x":{"data":[1]},"y":[{"data":[2]}],"data":[3]}', ['3']],
  ['data inside a record', '{"data":[{"data":[1,2]}]}', ['{"data":[1,2]}']],
  ['an escaped key', '{"d\\u0061ta":[{"a":1}]}', ['{"a":1}']],
  [
    'brackets and quotes in strings',
    '{"data":["]}\\"",{"a":"[{\\\\"}]}',
    ['"]}\\""', '{"a":"[{\\\\"}'],
  ],
  ['records that are no objects', '{"data":[null,1,"a",[2]]}', ['null', '1', '"a"', '[2]']],
  [
    'digits a double cannot hold',
    '{"data":[{"a":1.10000000000000000001}]}',
    ['{"a":1.10000000000000000001}'],
  ],
  [
    'duplicate keys and lone surrogates',
    '{"data":[{"a":1,"a":"\\ud800\\u0000"}]}',
    ['{"a":1,"a":"\\ud800\\u0000"}'],
  ],
  ['line ends between tokens', '{"data":[{\r\n"a":\n1},\n2]}\n', ['{  "a": 1}', '2']],
  ['line ends escaped in strings', '{"data":["a\\nb"]}', ['"a\\nb"']],
])('cuts %s', (_name, text, records) => {
  expect(cut(text)).toEqual(records);
});

test('cuts behind a byte order mark', () => {
  expect(cut('\ufeff{"data":[1]}')).toEqual(['1']);
});

test.each([
  ['nothing', ''],
  ['white space', '  '],
  ['HTML', '<html><body>maintenance</body></html>'],
  ['a bare array', '[{"a":1}]'],
  ['no data', '{"page":1}'],
  ['data twice', '{"data":[],"data":[1]}'],
  ['data null', '{"data":null}'],
  ['data an object', '{"data":{}}'],
  ['something after the end', '{"data":[]}x'],
  ['a second value', '{"data":[]}{}'],
  ['NUL after the end', '{"data":[]}\0'],
  ['a comma before the end of data', '{"data":[1,]}'],
  ['a comma too many in a record', '{"data":[{"a":1,}]}'],
  ['no comma', '{"data":[1 2]}'],
  ['no colon', '{"data"[1]}'],
  ['a bare key', '{data:[1]}'],
  ['a broken literal', '{"data":[{"a":tru}]}'],
  ['a number with a leading zero', '{"data":[01]}'],
  ['a number without digits', '{"data":[1.]}'],
  ['an unknown escape', '{"data":["\\x"]}'],
  ['a short escape', '{"data":["\\u12"]}'],
  ['a line end in a string', '{"data":["a\nb"]}'],
  ['a control character in a string', '{"data":["a\u0001b"]}'],
  ['other white space', '{"data":[\u00a01]}'],
  ['a form feed between tokens', '{"data":[\f1]}'],
  ['too much nesting', `{"data":[${'['.repeat(5000)}${']'.repeat(5000)}]}`],
])('refuses %s', (_name, text) => {
  expect(isMalformed(text)).toBe(true);
});

test('refuses what is not UTF-8', () => {
  const body = Buffer.concat([Buffer.from('{"data":["'), Buffer.from([0xff]), Buffer.from('"]}')]);
  expect(isMalformed(body)).toBe(true);
});

test('reads the other members of the envelope', () => {
  const { envelope } = cutRecords(Buffer.from('{"hasMore":true,"data":[],"continueFrom":"a\\"b"}'));
  expect([...envelope]).toEqual([
    ['hasMore', true],
    ['continueFrom', 'a"b'],
  ]);
});

const spaces = fc.constantFrom('', ' ', '\n', '\r\n\t');
const envelopes = fc
  .record({ data: fc.array(fc.json()), before: fc.json(), after: fc.json(), gap: spaces })
  .map(({ data, before, after, gap }) => ({
    text: `{"a":${before},${gap}"data":[${data.join(`${gap},`)}]${gap},"z":${after}}`,
    data,
  }));

test('any JSON is cut into the records that JSON.parse finds', () => {
  fc.assert(
    fc.property(envelopes, ({ text, data }) => {
      expect(cut(text).map((record) => JSON.parse(record) as unknown)).toEqual(
        data.map((record) => JSON.parse(record) as unknown),
      );
    }),
  );
});

test('pretty-printed JSON gives one line a record', () => {
  fc.assert(
    fc.property(fc.array(fc.jsonValue()), (data) => {
      const body = Buffer.from(JSON.stringify({ data }, null, 2));
      const lines = joinLines(body, cutRecords(body).spans, new Set()).toString().split('\n');
      expect(lines.pop()).toBe('');
      expect(lines.map((line) => JSON.parse(line) as unknown)).toEqual(
        JSON.parse(JSON.stringify(data)),
      );
    }),
  );
});

test('a body cut anywhere is refused', () => {
  fc.assert(
    fc.property(envelopes, fc.double({ min: 0, max: 1, noNaN: true }), ({ text }, share) => {
      const body = Buffer.from(text);
      expect(isMalformed(body.subarray(0, Math.floor(share * (body.length - 1))))).toBe(true);
    }),
  );
});

test('a body with one byte changed is refused unless it is still JSON', () => {
  const changes = fc.record({
    at: fc.nat(),
    byte: fc.constantFrom(...Buffer.from('{}[]",:\\ 0a-.\n')),
  });
  fc.assert(
    fc.property(envelopes, changes, ({ text }, { at, byte }) => {
      const body = Buffer.from(text);
      body[at % body.length] = byte;
      const parse = (): { data: unknown } => JSON.parse(body.toString()) as { data: unknown };
      const malformed = isMalformed(Buffer.from(body));
      if (malformed) return;
      expect(cut(body).map((record) => JSON.parse(record) as unknown)).toEqual(parse().data);
    }),
    { numRuns: 1000 },
  );
});
