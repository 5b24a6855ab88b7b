import { password, select, text } from '@clack/prompts';
import type { Readable, Writable } from 'node:stream';

/** What one answer has to be. */
type Asked = {
  message: string;
  /** What is wrong with an answer; null when nothing is. */
  fault: (answer: string) => string | null;
};

/** Asks a person, again and again until the answer is right. Null: they pressed Ctrl-C or Escape. */
export type Prompts = {
  text: (asked: Asked & { byDefault: string }) => Promise<string | null>;
  /** What is typed is not shown. */
  secret: (asked: Asked) => Promise<string | null>;
  choice: (asked: {
    message: string;
    choices: readonly { value: string; label: string }[];
  }) => Promise<string | null>;
};

/** The terminal that a person sits at. */
export type Terminal = { input: Readable; output: Writable };

const orNull = (answer: string | symbol | undefined): string | null =>
  typeof answer === 'symbol' ? null : (answer ?? '').trim();

const toValidate =
  ({ fault }: Asked) =>
  (answer: string | undefined): string | undefined => {
    const found = fault((answer ?? '').trim());
    return found === null ? undefined : `It ${found}`;
  };

/** Prompts on a terminal. */
export const openPrompts = (terminal: Terminal): Prompts => ({
  text: async (asked) =>
    orNull(
      await text({
        ...terminal,
        message: asked.message,
        placeholder: asked.byDefault,
        defaultValue: asked.byDefault,
        validate: toValidate(asked),
      }),
    ),
  secret: async (asked) =>
    orNull(await password({ ...terminal, message: asked.message, validate: toValidate(asked) })),
  choice: async ({ message, choices }) =>
    orNull(await select({ ...terminal, message, options: [...choices] })),
});

/** Prompts on the terminal of this process; null where it has none, so that nobody can be asked. */
export const openTerminal = (): Prompts | null => {
  const { stdin: input, stdout: output } = process;
  return input.isTTY && output.isTTY ? openPrompts({ input, output }) : null;
};
