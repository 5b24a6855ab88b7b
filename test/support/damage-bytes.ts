import fc from 'fast-check';

/** One thing that happens to bytes on their way. */
export type Damage = {
  kind: 'remove' | 'repeat' | 'insert';
  at: number;
  length: number;
  bytes: Uint8Array;
};

/** Any damage; what it inserts is mostly what JSON is made of. */
export const damage: fc.Arbitrary<Damage> = fc.record({
  kind: fc.constantFrom('remove', 'repeat', 'insert'),
  at: fc.nat(1_000_000),
  length: fc.integer({ min: 1, max: 12 }),
  bytes: fc.oneof(
    fc.uint8Array({ minLength: 1, maxLength: 4 }),
    fc
      .constantFrom(
        '{',
        '}',
        '[',
        ']',
        ',',
        ':',
        '"',
        '\\',
        '\\u',
        '\0',
        '\n',
        '-',
        'e',
        '.',
        ',[]',
      )
      .map((text) => Buffer.from(text)),
  ),
});

/** Gives the damaged bytes; those given stay as they are. */
export const applyDamage = (body: Buffer, { kind, at, length, bytes }: Damage): Buffer => {
  const from = at % (body.length + 1);
  const part = body.subarray(from, from + length);
  const middle = kind === 'insert' ? bytes : kind === 'repeat' ? Buffer.concat([part, part]) : '';
  return Buffer.concat([body.subarray(0, from), Buffer.from(middle), body.subarray(from + length)]);
};
