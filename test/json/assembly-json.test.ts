import fc from 'fast-check';
import { instantiate } from '../../src/json/instantiate.ts';
import { skipValue } from '../../src/json/scan-json.ts';
import { jsonDepthMax } from '../../src/limits.ts';
import { applyDamage, damage } from '../support/damage-bytes.ts';
import { valueText } from '../support/hostile-json.ts';

/** The same rules stand twice: in src/json/scan-json.ts, and in assembly/json.ts for the loops over every byte. */
const module = instantiate('cut-records', { 'cut-records': { findSlot: () => 0 } }) as {
  memory: WebAssembly.Memory;
  window: { value: number };
  skipValue: (at: number, depth: number) => number;
};
const memory = Buffer.from(module.memory.buffer);
const window = module.window.value;

/** Where the value ends that the bytes begin with; null where they are not JSON. */
const endByAssembly = (bytes: Buffer, depth: number): number | null => {
  // What is left of others must not be taken for a part of it.
  memory.fill('9"', window, window + bytes.length + 64);
  memory.set(bytes, window);
  memory[window + bytes.length] = 0;
  const end = module.skipValue(window, depth);
  return end === 0 ? null : end - window;
};

const endByScan = (bytes: Buffer, depth: number): number | null => {
  try {
    return skipValue(bytes, 0, depth);
  } catch {
    return null;
  }
};

const expectSame = (bytes: Buffer, depth = 0): number | null => {
  const end = endByScan(bytes, depth);
  if (endByAssembly(bytes, depth) !== end) {
    throw new Error(`${endByAssembly(bytes, depth)} instead of ${end}: ${bytes.toString('hex')}`);
  }
  return end;
};

test('JSON ends where it ends, whatever follows', () => {
  fc.assert(
    fc.property(valueText, fc.constantFrom('', ',', ' ', ']', '}', '"', '\0'), (text, rest) => {
      expect(expectSame(Buffer.from(text + rest))).toBe(Buffer.byteLength(text));
    }),
    { numRuns: 500 },
  );
});

test('damaged JSON is refused by both, or ends at the same place', () => {
  const outcomes = { taken: 0, refused: 0 };
  const damages = fc.array(damage, { minLength: 1, maxLength: 3 });
  fc.assert(
    fc.property(valueText, damages, (text, list) => {
      const end = expectSame(list.reduce(applyDamage, Buffer.from(text)));
      outcomes[end === null ? 'refused' : 'taken'] += 1;
    }),
    { numRuns: 2000 },
  );
  expect(outcomes.taken).toBeGreaterThan(100);
  expect(outcomes.refused).toBeGreaterThan(100);
});

test('JSON that ends early is refused by both at each of its bytes, or was a number', () => {
  fc.assert(
    fc.property(valueText, (text) => {
      const bytes = Buffer.from(text);
      for (let end = 0; end < bytes.length; end += 1) expectSame(bytes.subarray(0, end));
    }),
    { numRuns: 50 },
  );
});

test.each('"\\/bfnrtu0aAfFgG{}[],:+-.eE \n\t\f\0\u007f'.split(''))(
  '%j is taken or refused by both wherever it stands',
  (character) => {
    for (const template of ['?', '"?"', '"\\?"', '"\\u12?4"', '-?', '1?', '1?2', '1.?', '1e?3']) {
      expectSame(Buffer.from(template.replace('?', () => character)));
    }
    for (const template of ['[?1]', '[1?2]', '{?"a":1}', '{"a"?1}', '{"a":1?}', 'tru?', 'nul?']) {
      expectSame(Buffer.from(template.replace('?', () => character)));
    }
  },
);

test.each(['[', '{"a":'])('%s may be nested as deep as the limits say, by both', (opening) => {
  const nested = (depth: number): Buffer =>
    Buffer.from(`${opening.repeat(depth)}1${(opening === '[' ? ']' : '}').repeat(depth)}`);
  for (const depth of [0, 2, 3]) {
    expect(expectSame(nested(jsonDepthMax - depth), depth)).not.toBeNull();
    expect(expectSame(nested(jsonDepthMax - depth + 1), depth)).toBeNull();
  }
});
