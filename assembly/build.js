/** Compiles each module of this folder to WebAssembly, into `dist/wasm`, unless what is there is newer than all sources. */
import { mkdirSync, readdirSync, statSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

/** What is exported to the program; the rest of the folder is imported by these. */
const modules = ['cut-records', 'read-columns'];

const here = fileURLToPath(new URL('.', import.meta.url));
const out = fileURLToPath(new URL('../dist/wasm/', import.meta.url));

/** Memory is never freed by itself: what is allocated stays with its instance. Nothing aborts but by a trap. */
const options = ['-O3', '--noAssert', '--enable', 'simd', '--runtime', 'stub', '--use', 'abort='];

const changedAt = (path) => statSync(path, { throwIfNoEntry: false })?.mtimeMs ?? 0;

const isCurrent = () => {
  const sources = readdirSync(here, { recursive: true }).map((name) => changedAt(here + name));
  const built = modules.map((name) => changedAt(`${out}${name}.wasm`));
  return Math.min(...built) > Math.max(...sources);
};

const compile = async (asc, name) => {
  const { error, stderr } = await asc.main([
    ...[`${here}${name}.ts`, ...options, '--outFile', `${out}${name}.wasm`],
  ]);
  if (error) {
    console.error(stderr.toString());
    throw error;
  }
};

if (!isCurrent()) {
  mkdirSync(out, { recursive: true });
  const { default: asc } = await import('assemblyscript/asc');
  for (const name of modules) await compile(asc, name);
}
