import { readFile, writeFile } from 'node:fs/promises';
import { expect } from '@jest/globals';
import { format, resolveConfig } from 'prettier';

/** Compares a page with what is generated; `npm run docs` writes it anew. */
export const expectPage = async (path: string, text: string): Promise<void> => {
  const options = await resolveConfig(path);
  const generated = await format(text, { ...options, parser: 'markdown' });
  if (process.env.DOCS === 'write') await writeFile(path, generated);
  else expect(await readFile(path, 'utf8')).toBe(generated);
};
