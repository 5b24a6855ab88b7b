import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

/** The modules of the folder `assembly`, compiled by `npm run build`; the same from `src` and from `dist`. */
const fileOf = (name: string): string =>
  fileURLToPath(new URL(`../../dist/wasm/${name}.wasm`, import.meta.url));

const compiled = new Map<string, WebAssembly.Module>();

const moduleOf = (name: string): WebAssembly.Module => {
  const known = compiled.get(name);
  if (known !== undefined) return known;
  const module = new WebAssembly.Module(readFileSync(fileOf(name)));
  compiled.set(name, module);
  return module;
};

/**
 * Starts a module of the folder `assembly`, with a memory of its own.
 * @param imports What the module calls, by the name of the file that declares it and its own.
 * @returns what the module exports.
 */
export const instantiate = (
  name: string,
  imports: Readonly<Record<string, object>> = {},
): unknown => new WebAssembly.Instance(moduleOf(name), imports).exports;
