import { readdir } from 'node:fs/promises';
import { basename } from 'node:path';
import { createParser } from './create-parser.ts';
import type { ProcessIo } from './io.ts';
import { sqlDir } from './package-paths.ts';

type Names = () => Promise<readonly string[]>;

/** Values that nobody but the user knows, or files: of these the shell has its own idea. */
const none: Names = () => Promise.resolve([]);

/** What an option takes that has no fixed choices; loaded only when somebody asks for it. */
const namesOf: Readonly<Record<string, Names>> = {
  '--entity': async () => {
    const { entities } = await import('../sources/servicetitan/entities/index.ts');
    return entities.map(({ name }) => name);
  },
  '--kpi': async () => {
    const { kpis } = await import('../pipeline/kpis/kpis.ts');
    return kpis.map(({ name }) => name);
  },
  '--select': async () => {
    const files = await readdir(sqlDir, { recursive: true });
    return files
      .filter((file) => /^(?:ref|dim|mart)[\\/].*\.sql$/.test(file))
      .map((file) => basename(file, '.sql'))
      .sort();
  },
  ...Object.fromEntries(
    [
      ...['--from', '--to', '--since', '--date', '--lookback', '--limit', '--days'],
      ...['--unit', '--param', '--report', '--csv', '--out', '--dir'],
      ...['--port', '--scale', '--seed'],
    ].map((option) => [option, none]),
  ),
};

/** The options that completion knows the values of, or that it leaves to the shell. */
export const completedOptions: readonly string[] = Object.keys(namesOf);

/** In a list, what stands before its last comma stays; what stands in it already is not offered again. */
const completeValue = (names: readonly string[], current: string): string[] => {
  const typed = current.slice(0, current.lastIndexOf(',') + 1);
  const chosen = typed.split(',');
  return names
    .filter((name) => !chosen.includes(name))
    .map((name) => typed + name)
    .filter((value) => value.startsWith(current));
};

/** `--entity=jo`: what is before the value, the option, and what is typed of the value. */
const splitLast = (words: readonly string[]) => {
  const last = words.at(-1) ?? '';
  const [, option, current] = /^(--[a-z-]+)=(.*)$/.exec(last) ?? [];
  return option === undefined || current === undefined
    ? { option: words.at(-2) ?? '', current: last, prefix: '' }
    : { option, current, prefix: `${option}=` };
};

/**
 * Prints the words that may stand where the last one stands, one a line, in the form that the script of the shell
 * takes. Runs nothing of what is typed.
 * @param args As the script hands them over: what asks for words, the program, and the words up to the cursor.
 */
export const completeLine = async (args: readonly string[], { out }: ProcessIo): Promise<void> => {
  const { option, current, prefix } = splitLast(args.slice(2));
  const names = namesOf[option];
  if (names !== undefined) {
    for (const value of completeValue(await names(), current)) out(prefix + value);
    return;
  }
  // The library prints what it finds, and goes on to complain that the line is not complete.
  await createParser(args, () => undefined)
    .parseAsync()
    .catch(() => undefined);
};
