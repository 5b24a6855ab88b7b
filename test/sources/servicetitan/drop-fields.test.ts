import fc from 'fast-check';
import { dropFields } from '../../../src/sources/servicetitan/drop-fields.ts';
import { joinLines } from '../../../src/sources/servicetitan/join-lines.ts';
import { cutRecords } from '../../../src/sources/servicetitan/cut-records.ts';
import { readField } from '../../../src/sources/servicetitan/read-field.ts';

const drop = (text: string, ...names: string[]): string =>
  dropFields(Buffer.from(text), new Set(names)).toString();

test.each([
  ['the first', '{"rate":1,"a":2}', '{"a":2}'],
  ['the last', '{"a":2, "rate":1}', '{"a":2}'],
  ['one in the middle', '{"a":2,"rate":{"x":[1]}, "b":3}', '{"a":2, "b":3}'],
  ['the only one', '{ "rate":1 }', '{}'],
  ['all of several', '{"rate":1,"a":2,"rate":3}', '{"a":2}'],
  ['an escaped spelling', '{"a":2,"r\\u0061te":1}', '{"a":2}'],
  ['a value with brackets', '{"rate":"},{\\"","a":2}', '{"a":2}'],
])('drops %s', (_name, text, left) => {
  expect(drop(text, 'rate')).toBe(left);
});

test.each([
  ['a nested member of the name', '{"a":{"rate":1}}'],
  ['an empty object', '{ }'],
  ['no object', '["rate"]'],
  ['an empty key', '{"":1}'],
])('leaves %s alone', (_name, text) => {
  expect(drop(text, 'rate')).toBe(text);
});

test('what is left is what JSON.parse would leave', () => {
  const names = fc.constantFrom('a', 'b', 'rate', 'r"x', 'é', '');
  const dropped = new Set(['a', 'r"x', '']);
  const objects = fc.array(fc.tuple(names, fc.json()));
  fc.assert(
    fc.property(objects, fc.boolean(), (members, escaped) => {
      const spell = (name: string): string =>
        escaped
          ? `"${Array.from(name, (c) => `\\u${c.charCodeAt(0).toString(16).padStart(4, '0')}`).join('')}"`
          : JSON.stringify(name);
      const text = `{${members.map(([name, json]) => `${spell(name)}:${json}`).join(',')}}`;
      const left = members.filter(([name]) => !dropped.has(name));
      const expected = `{${left.map(([name, json]) => `${spell(name)}:${json}`).join(',')}}`;
      expect(drop(text, ...dropped)).toBe(expected);
    }),
  );
});

test('lines carry no dropped field', () => {
  const body = Buffer.from('{"data":[{"id":1,"rate":2},null,{"rate":3}]}');
  const lines = joinLines(body, cutRecords(body).spans, new Set(['rate']));
  expect(lines.toString()).toBe('{"id":1}\nnull\n{}\n');
});

test.each([
  ['a number in its own digits', '{"p":12345678901234567890}', '12345678901234567890'],
  ['a string', '{"p":"a\\u0062"}', 'ab'],
  ['null', '{"p":null}', undefined],
  ['a missing member', '{"q":1}', undefined],
  ['an object', '{"p":{}}', undefined],
  ['a nested member', '{"q":{"p":1}}', undefined],
  ['the last of two', '{"p":1,"p":2}', '2'],
  ['no object', '[1]', undefined],
])('reads %s', (_name, text, value) => {
  expect(readField(Buffer.from(text), 'p')).toBe(value);
});
