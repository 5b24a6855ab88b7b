import fc from 'fast-check';

/** Characters before the halves of surrogate pairs, which are none by themselves, and how many halves there are. */
const beforeHalves = 0xd800;
const halves = 0x800;

const toCharacter = (nth: number): string =>
  String.fromCodePoint(nth < beforeHalves ? nth : nth + halves);

const toNth = (text: unknown): number => {
  const code = typeof text === 'string' ? (text.codePointAt(0) ?? 0) : 0;
  const nth = code < beforeHalves ? code : code - halves;
  if (toCharacter(nth) !== text) throw new Error('Cannot number this: it is not one character');
  return nth;
};

/**
 * Any character of Unicode: what fast-check calls the unit `binary`, which lists a million of them before it makes the
 * first string. That took a second in each suite.
 */
export const anyCharacter: fc.Arbitrary<string> = fc.nat(0x10ffff - halves).map(toCharacter, toNth);
