import { expect, test } from '@jest/globals';
import { freeMemory } from '../src/free-memory.ts';

test('gives memory back, and leaves nothing to see in it', () => {
  const bytes = Buffer.allocUnsafeSlow(1_000_000).fill('a');
  const part = bytes.subarray(10, 20);
  freeMemory(part);
  expect([bytes.length, bytes.buffer.byteLength, part.toString()]).toEqual([0, 0, '']);
  expect(() => {
    freeMemory(part);
  }).not.toThrow();
});

test('gives back even a little, where nothing else can be in it', () => {
  const bytes = Buffer.allocUnsafeSlow(10);
  freeMemory(bytes);
  expect(bytes.length).toBe(0);
});

test('leaves the memory that small buffers share', () => {
  const [one, other] = [Buffer.from('one'), Buffer.from('other')];
  expect(one.buffer).toBe(other.buffer);
  freeMemory(one);
  expect([one.toString(), other.toString()]).toEqual(['one', 'other']);
});
