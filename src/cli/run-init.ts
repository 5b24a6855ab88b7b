import { existsSync } from 'node:fs';
import { link, open, readFile, rename, rm } from 'node:fs/promises';
import { defaultOf, findFault } from '../config.ts';
import { ConfigError, OutputError, stoppedExitCode } from '../errors.ts';
import { formatEnv } from './format-env.ts';
import { questions, type Answers, type Question } from './init-questions.ts';
import type { Io } from './io.ts';
import type { Prompts } from './open-prompts.ts';
import { envExample } from './package-paths.ts';

export type InitArguments = { force: boolean };

/** What init touches of the world; prompts are null where nobody can be asked. */
export type InitDeps = { path: string; prompts: Prompts | null };

const explainThere = (path: string): ConfigError =>
  new ConfigError(
    `Cannot write ${path}: it is there already; edit it, or have it replaced by init --force`,
  );

const explainRefused = (path: string, error: unknown): unknown => {
  const { code } = Object(error) as { code?: unknown };
  if (code === 'EEXIST') return explainThere(path);
  if (typeof code !== 'string') return error;
  const state = code === 'ENOSPC' ? 'the disk is full' : `the folder refuses it (${code})`;
  return new OutputError(
    `Cannot write ${path}: ${state}; run init in a folder where there is room and the right to write`,
    { cause: error },
  );
};

/** Writes the file aside and puts it in place in one step; only its owner may read it, from its first byte on. */
const writePrivate = async (path: string, text: string, force: boolean): Promise<void> => {
  const temp = `${path}.tmp`;
  try {
    // Of an init that was killed.
    await rm(temp, { force: true });
    const file = await open(temp, 'wx', 0o600);
    await file.writeFile(text);
    await file.sync();
    await file.close();
    // A link is refused where a file is, even one that came while the questions were asked.
    await (force ? rename(temp, path) : link(temp, path));
  } catch (error) {
    throw explainRefused(path, error);
  } finally {
    await rm(temp, { force: true }).catch(() => undefined);
  }
};

const ask = (prompts: Prompts, question: Question, answers: Answers): Promise<string | null> => {
  const { variable, message, kind, choices = [] } = question;
  const fault = (answer: string): string | null =>
    findFault(variable, { ...answers, [variable]: answer });
  if (kind === 'choice') return prompts.choice({ message, choices });
  if (kind === 'secret') return prompts.secret({ message, fault });
  return prompts.text({ message, fault, byDefault: defaultOf(variable) });
};

/** @returns null when the person gave up. */
const askAll = async (prompts: Prompts): Promise<Answers | null> => {
  const answers: Answers = {};
  for (const question of questions) {
    if (question.when?.(answers) === false) continue;
    const answer = await ask(prompts, question, answers);
    if (answer === null) return null;
    answers[question.variable] = answer;
  }
  return answers;
};

/** What is as it would be anyway stays a comment. */
const toValues = (answers: Answers): Map<string, string> =>
  new Map(
    Object.entries(answers).filter(
      ([name, value]) => value !== '' && value !== defaultOf(name as keyof Answers),
    ),
  );

/** What to type next, each with what it is for. Whoever asked through npx has no fieldmart on the path. */
const formatNext = ({ WAREHOUSE }: Answers, env: NodeJS.ProcessEnv): string => {
  const program = env.npm_command === 'exec' ? 'npx fieldmart' : 'fieldmart';
  const google = [
    [
      'sign in to Google, or set GOOGLE_APPLICATION_CREDENTIALS',
      'gcloud auth application-default login',
    ],
    ['make the datasets and tables', `${program} setup`],
  ];
  const all = [
    ['is everything there that a run needs?', `${program} doctor`],
    [
      'read history; repeat it to go on where it stopped',
      `${program} backfill --all --from 2020-01-01`,
    ],
    ['make the tables and the KPIs', `${program} build`],
  ];
  return [...(WAREHOUSE === 'bigquery' ? google : []), ...all]
    .map(([about, typed]) => `  # ${about}\n  ${typed}`)
    .join('\n');
};

/**
 * `fieldmart init`: asks for what a first run needs and writes it into a commented `.env`.
 * @throws ConfigError where nobody can be asked, or the file is there and `force` is not given.
 */
export const runInit = async (
  { force }: InitArguments,
  { out, err, env }: Io,
  { path, prompts }: InitDeps,
): Promise<number> => {
  if (prompts === null) {
    throw new ConfigError(
      `Cannot ask: this is no terminal; copy ${envExample} to ${path}, fill in its first four lines, ` +
        `and chmod 600 ${path}`,
    );
  }
  if (!force && existsSync(path)) throw explainThere(path);
  const answers = await askAll(prompts);
  if (answers === null) {
    err('Stopped; nothing was written.');
    return stoppedExitCode;
  }
  const example = await readFile(envExample, 'utf8');
  await writePrivate(path, formatEnv(example, toValues(answers)), force);
  out(
    `${path} is written; nobody but you may read it. What else can be set is described in it. Next:\n`,
  );
  out(formatNext(answers, env));
  return 0;
};
