import type { Argv } from 'yargs';
import { choice } from './choice.ts';
import type { Choose } from './commands.ts';
import { showExample } from './show-example.ts';

/** The shells that completion has a script for. */
const shells = ['bash', 'zsh'] as const;
export type Shell = (typeof shells)[number];

const addCompletion = (yargs: Argv, choose: Choose): Argv =>
  yargs.command(
    'completion [shell]',
    'Print the script by which bash or zsh completes commands, options and names',
    (command) =>
      command
        .positional('shell', { ...choice('completion', shells), describe: 'Which shell' })
        .example(showExample('$0 completion bash', 'to be added to ~/.bashrc'))
        .example(
          showExample('$0 completion zsh', 'to be added to ~/.zshrc, below the line with compinit'),
        ),
    ({ shell }) => {
      choose(
        async (io) => (await import('./completion-script.ts')).printCompletion(shell, io),
        'question',
      );
    },
  );

const addInit = (yargs: Argv, choose: Choose): Argv =>
  yargs.command(
    'init',
    'Ask for what a first run needs, and write it into a commented .env',
    (command) =>
      command
        .option('force', {
          type: 'boolean',
          default: false,
          describe: 'Replace a .env that is there',
        })
        .example(showExample('$0 init', 'on a terminal; secrets are not shown')),
    (args) => {
      choose(async (io) => {
        const { openTerminal } = await import('./open-prompts.ts');
        const { runInit } = await import('./run-init.ts');
        return runInit(args, io, { path: '.env', prompts: openTerminal() });
      }, 'question');
    },
  );

/** What comes before the first run, and when something is amiss. */
export const addSetupCommands = (yargs: Argv, choose: Choose): Argv =>
  addCompletion(addInit(yargs, choose), choose)
    .command(
      'setup',
      'Make the database file, or the datasets, and the tables in them; mend what is there',
      (command) =>
        command
          .epilogue(
            'It adds what is missing, mends descriptions, labels and clustering, and says what it created, changed and ' +
              'found. It needs no credentials of ServiceTitan. backfill, sync and build make what is missing too.',
          )
          .example(showExample('$0 setup', 'can be run again: what is right stays as it is')),
      () => {
        choose(async (io) => (await import('./run-setup.ts')).runSetup(io), 'run');
      },
    )
    .command(
      'doctor',
      'Look at everything that a run needs, and say what to mend',
      (command) =>
        command
          .epilogue(
            'Variables, token, application key, the scope of each entity, clock, disk, and the file or the project with ' +
              'its datasets, tables and roles. It exits with the code of the first thing that is wrong.',
          )
          .example(showExample('$0 doctor', 'one line each; nothing is stored or billed')),
      () => {
        choose(async (io) => (await import('./run-doctor.ts')).runDoctor(io), 'question');
      },
    );
