import { gzipSync } from 'node:zlib';
import { expect, test } from '@jest/globals';
import { unzipBody } from '../../src/http/unzip-body.ts';

const bytesMax = 10_000_000;

test('a body is unpacked in one piece, and the packed one given back', async () => {
  const text = Buffer.alloc(300_000, 'abc');
  const zipped = Buffer.from(gzipSync(text, { level: 0 }));
  const body = await unzipBody(zipped, bytesMax);
  expect(body.equals(text)).toBe(true);
  expect(body.buffer.byteLength).toBe(300_001);
  expect(zipped.length).toBe(0);
});

test('a body in several parts, of which the last says its own length only, is whole', async () => {
  const parts = ['a'.repeat(100_000), 'b'];
  const body = await unzipBody(Buffer.concat(parts.map((part) => gzipSync(part))), bytesMax);
  expect(body.toString()).toBe(parts.join(''));
});

test.each([
  ['less', 0],
  ['more', 0xffff_ffff],
])('a body that says it has %s than it has is refused', async (_what, length) => {
  const zipped = Buffer.from(gzipSync('abc'));
  zipped.writeUInt32LE(length, zipped.length - 4);
  await expect(unzipBody(zipped, bytesMax)).rejects.toMatchObject({ code: 'Z_DATA_ERROR' });
});

test.each([0, 3, 17])('%d bytes are no packed body', async (size) => {
  const cut = gzipSync('abc').subarray(0, size);
  await expect(unzipBody(cut, bytesMax)).rejects.toMatchObject({ code: 'Z_BUF_ERROR' });
});

test('a body that unpacks to more than allowed is refused', async () => {
  await expect(unzipBody(gzipSync('a'.repeat(5000)), 4999)).rejects.toMatchObject({
    code: 'ERR_BUFFER_TOO_LARGE',
  });
  expect((await unzipBody(gzipSync('a'.repeat(5000)), 5000)).length).toBe(5000);
});
