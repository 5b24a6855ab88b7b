import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { createServer, type Server } from 'node:http';
import { createRequire } from 'node:module';
import type { AddressInfo } from 'node:net';
import { loadPool } from '../../src/http/load-pool.ts';

const require = createRequire(import.meta.url);

let server: Server;

beforeAll(async () => {
  server = createServer((_request, response) => response.end('well'));
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
});

afterAll(() => {
  server.close();
});

const ask = async (Pool: ReturnType<typeof loadPool>): Promise<string> => {
  const pool = new Pool(`http://127.0.0.1:${(server.address() as AddressInfo).port}`);
  const { body } = await pool.request({ path: '/', method: 'GET' });
  const text = await body.text();
  await pool.destroy();
  return text;
};

/** Loads, but finds no file of that name. */
const loadWithout =
  (name: string, code: string, loaded: string[] = []) =>
  (file: string): unknown => {
    loaded.push(file);
    if (file === name) throw Object.assign(new Error(`no ${name}`), { code });
    return require(file);
  };

test('the pool of the parts is the pool of the library, and answers', async () => {
  const loaded: string[] = [];
  const Pool = loadPool(loadWithout('none', '', loaded));
  expect(await ask(Pool)).toBe('well');
  expect(loaded).not.toContain('undici');
  expect(Pool).toBe((require('undici') as { Pool: unknown }).Pool);
});

test.each([
  ['undici/lib/dispatcher/pool.js', 'MODULE_NOT_FOUND'],
  ['undici/lib/dispatcher/dispatcher.js', 'ERR_PACKAGE_PATH_NOT_EXPORTED'],
  ['undici/lib/api/api-request.js', 'MODULE_NOT_FOUND'],
])('a version without %s is loaded whole', async (name, code) => {
  const loaded: string[] = [];
  expect(await ask(loadPool(loadWithout(name, code, loaded)))).toBe('well');
  expect(loaded.at(-1)).toBe('undici');
});

test('a part that is there and fails is no reason to load the whole', () => {
  const load = loadWithout('undici/lib/api/api-request.js', 'ERR_DLOPEN_FAILED');
  expect(() => loadPool(load)).toThrow('no undici/lib/api/api-request.js');
});
