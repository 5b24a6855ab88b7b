import { Readable } from 'node:stream';
import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import { readBody } from '../../src/http/read-body.ts';
import { bodyBytesAtOnceMax } from '../../src/limits.ts';

/** A chunk as a socket brings it: alone in its memory. */
const alone = (text: string, size: number): Buffer => Buffer.allocUnsafeSlow(size).fill(text);

const streamOf = (chunks: Buffer[]): Readable => Readable.from(chunks, { objectMode: false });

const chunk = fc.tuple(fc.nat(20_000), fc.nat(255), fc.boolean()).map(([size, byte, shares]) => {
  const memory = Buffer.allocUnsafeSlow(size + (shares ? 10 : 0)).fill(byte);
  return memory.subarray(0, size);
});

test('a body is whole, whatever length it says it has', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.array(chunk, { maxLength: 12 }),
      fc.option(fc.integer({ min: -20_000, max: 20_000 }), { nil: undefined }),
      async (chunks, wrongBy) => {
        const sent = Buffer.concat(chunks);
        const said = wrongBy === undefined ? undefined : Math.max(0, sent.length + wrongBy);
        const body = await readBody(streamOf(chunks), said);
        expect(body.equals(sent)).toBe(true);
      },
    ),
    { numRuns: 100 },
  );
});

test('a body of a known length is in memory of that length', async () => {
  const chunks = Array.from({ length: 40 }, (_, at) => alone(String(at), 50_000));
  const body = await readBody(streamOf(chunks), 2_000_000);
  expect([body.length, body.buffer.byteLength]).toEqual([2_000_000, 2_000_000]);
});

test('a length that is not true takes no memory to speak of', async () => {
  const body = await readBody(streamOf([alone('a', 10)]), 256 * 1024 * 1024);
  expect(body.toString()).toBe('a'.repeat(10));
  expect(body.buffer.byteLength).toBe(bodyBytesAtOnceMax);
});

test('what the socket brought is given back, but for the last piece and what is not alone in its memory', async () => {
  const shared = alone('s', 40_000);
  const chunks = [alone('a', 20_000), shared.subarray(0, 20_000), alone('b', 20_000)];
  const body = await readBody(streamOf([...chunks, alone('c', 20_000)]));
  expect(body.length).toBe(80_000);
  expect(chunks.map(({ length }) => length)).toEqual([0, 20_000, 0]);
});

test('a body that breaks off is none', async () => {
  const broken = new Readable({ read: () => undefined });
  broken.push(alone('a', 100));
  const reading = readBody(broken, 1000);
  broken.destroy(Object.assign(new Error('reset'), { code: 'ECONNRESET' }));
  await expect(reading).rejects.toMatchObject({ code: 'ECONNRESET' });
  const given = new Readable({ read: () => undefined });
  const givenUp = readBody(given);
  given.destroy();
  await expect(givenUp).rejects.toMatchObject({ code: 'ERR_STREAM_PREMATURE_CLOSE' });
});
