import { main } from '../../../src/cli/main.ts';
import { smallWork } from '../../support/small-work.ts';

export type Ran = { code: number; out: string; err: string };

/** Runs one command line in this process; words are separated by blanks. */
export const runLine = async (line: string, env: NodeJS.ProcessEnv, now: Date): Promise<Ran> => {
  const [out, err]: [string[], string[]] = [[], []];
  const code = await main(line.split(' '), {
    env,
    now: () => now,
    means: smallWork,
    out: (text) => out.push(text),
    err: (text) => err.push(text),
  });
  return { code, out: out.join('\n'), err: err.join('\n') };
};
