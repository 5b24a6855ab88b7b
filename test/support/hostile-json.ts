import fc from 'fast-check';
import { anyCharacter } from './any-character.ts';

/**
 * JSON as nobody would write it and RFC 8259 allows it: escapes where none are needed, halves of surrogate pairs, NUL,
 * keys that come twice, numbers that no double holds, nesting, blanks and line ends anywhere. Texts, not values, since
 * what a serialiser writes is what no parser stumbles over.
 */

const escape = (code: number, upper: boolean): string => {
  const digits = code.toString(16).padStart(4, '0');
  return `\\u${upper ? digits.toUpperCase() : digits}`;
};

/** One character of a string, as it may stand in the text. */
const character: fc.Arbitrary<string> = fc.oneof(
  {
    arbitrary: anyCharacter.map((text) =>
      /[\p{Cc}"\\]/u.test(text) && text !== '\u007f' ? ' ' : text,
    ),
    weight: 4,
  },
  {
    arbitrary: fc.constantFrom('\\"', '\\\\', '\\/', '\\b', '\\f', '\\n', '\\r', '\\t'),
    weight: 3,
  },
  {
    arbitrary: fc.tuple(fc.nat(0xffff), fc.boolean()).map(([code, upper]) => escape(code, upper)),
    weight: 2,
  },
  {
    arbitrary: fc.constantFrom(
      ...[
        '\\ud800',
        '\\uDFFF',
        '\\ud83d\\ude00',
        '\\ude00\\ud83d',
        '\\u0000',
        '\\u000a',
        '\\u0022',
      ],
      ...['\u007f', '\u0085', '\u2028', '\u2029', '\ufeff', '\ufffd', '\ufffe', '{', '}', '[', ']'],
      ...[',', ':', '"data":['.replaceAll('"', '\\"'), '//', '/*', '#', "'", '`', ';', '$1', '%s'],
    ),
    weight: 3,
  },
);

/** A string with its quotes. */
export const stringText: fc.Arbitrary<string> = fc
  .array(character, { maxLength: 12 })
  .map((characters) => `"${characters.join('')}"`);

const sign = fc.constantFrom('', '-');
const wholeDigits = fc.oneof(fc.constant('0'), fc.stringMatching(/^[1-9][0-9]{0,24}$/));
const fraction = fc.oneof(fc.constant(''), fc.stringMatching(/^\.[0-9]{1,25}$/));
const exponent = fc.oneof(
  { arbitrary: fc.constant(''), weight: 4 },
  { arbitrary: fc.stringMatching(/^[eE][-+]?[0-9]{1,4}$/), weight: 1 },
);

/** A number: most of them more than a double can say. */
export const numberText: fc.Arbitrary<string> = fc.oneof(
  fc.tuple(sign, wholeDigits, fraction, exponent).map((parts) => parts.join('')),
  fc.constantFrom(
    ...['-0', '-0.0', '0e0', '1e400', '-1E+400', '1e-400', '5e-324', '1e99999999999'],
    ...['9007199254740993', '-9007199254740993', '9223372036854775807', '-9223372036854775808'],
    ...['9223372036854775808', '18446744073709551616', '0.1234567890123456789', '1.0', '100e-2'],
  ),
);

const space = fc.oneof(
  { arbitrary: fc.constant(''), weight: 5 },
  { arbitrary: fc.constantFrom(' ', '\t', '\n', '\r\n', ' \r', '\n\n  '), weight: 1 },
);

const literal = fc.constantFrom('true', 'false', 'null');

/** Keys that come again and again, some of them spelled otherwise, so that objects hold one twice. */
const keyText = fc.oneof(
  fc.constantFrom('"id"', '"i\\u0064"', '"data"', '"a"', '""', '"__proto__"', '"constructor"'),
  stringText,
);

const between = (parts: string[], blanks: readonly string[]): string =>
  parts
    .map((part, index) => `${index === 0 ? '' : (blanks[index % blanks.length] ?? '')}${part}`)
    .join('');

const arrayOf = (items: readonly string[], blanks: readonly string[]): string =>
  between(
    [...['['], ...items.flatMap((item, index) => (index === 0 ? [item] : [',', item])), ']'],
    blanks,
  );

/** An object's text out of keys and values. */
export const objectOf = (
  members: readonly (readonly [string, string])[],
  blanks: readonly string[] = [''],
): string =>
  between(
    [
      '{',
      ...members.flatMap(([key, value], index) => [...(index === 0 ? [] : [',']), key, ':', value]),
      '}',
    ],
    blanks,
  );

const blanks = fc.array(space, { minLength: 1, maxLength: 6 });

const { value, object } = fc.letrec<{ value: string; object: string; array: string }>((tie) => ({
  value: fc.oneof(
    { depthSize: 'small', withCrossShrink: true },
    literal,
    numberText,
    stringText,
    tie('object'),
    tie('array'),
  ),
  object: fc
    .tuple(fc.array(fc.tuple(keyText, tie('value')), { maxLength: 6 }), blanks)
    .map(([members, gaps]) => objectOf(members, gaps)),
  array: fc
    .tuple(fc.array(tie('value'), { maxLength: 6 }), blanks)
    .map(([items, gaps]) => arrayOf(items, gaps)),
}));

/** Any JSON value. */
export const valueText: fc.Arbitrary<string> = value;

/** Any JSON object. */
export const objectText: fc.Arbitrary<string> = object;

/** A response: `data` somewhere among other members, a byte order mark before it now and then. */
export type HostileBody = { text: string; records: string[] };

const otherMember = fc.tuple(
  fc
    .oneof(fc.constantFrom('"hasMore"', '"page"', '"continueFrom"'), stringText)
    .filter((key) => JSON.parse(key) !== 'data'),
  valueText,
);

/** A whole response and the texts of its records. */
export const hostileBody: fc.Arbitrary<HostileBody> = fc
  .record({
    records: fc.array(fc.oneof({ weight: 3, arbitrary: objectText }, valueText), { maxLength: 6 }),
    before: fc.array(otherMember, { maxLength: 3 }),
    after: fc.array(otherMember, { maxLength: 3 }),
    gaps: blanks,
    key: fc.constantFrom('"data"', '"d\\u0061ta"', '"\\u0064\\u0061\\u0074\\u0061"'),
    mark: fc.boolean(),
  })
  .map(({ records, before, after, gaps, key, mark }) => ({
    text: `${mark ? '\ufeff' : ''}${objectOf([...before, [key, arrayOf(records, gaps)], ...after], gaps)}`,
    records,
  }));

/** The record as it is stored: one line; nothing but line ends between its tokens has changed. */
export const toStoredLine = (record: string): string => record.replace(/[\r\n]/g, ' ');
