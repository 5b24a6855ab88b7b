import { fileURLToPath } from 'node:url';

/** The package's own folders, the same from `src` and from `dist`. */
const packagePath = (path: string): string =>
  fileURLToPath(new URL(`../../${path}`, import.meta.url));

export const sqlDir = packagePath('sql');
export const packageJson = packagePath('package.json');
export const envExample = packagePath('.env.example');
