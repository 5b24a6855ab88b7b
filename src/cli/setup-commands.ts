import type { Argv } from 'yargs';
import type { Choose } from './commands.ts';

/** What comes before the first run, and when something is amiss. */
export const addSetupCommands = (yargs: Argv, choose: Choose): Argv =>
  yargs
    .command(
      'setup',
      'Make the database file, or the datasets, and the tables in them; mend what is there',
      (command) => command.example('$0 setup', 'can be run again: what is right stays as it is'),
      () => {
        choose(async (io) => (await import('./run-setup.ts')).runSetup(io), 'run');
      },
    )
    .command(
      'doctor',
      'Look at everything that a run needs, and say what to mend',
      (command) => command.example('$0 doctor', 'one line each; nothing is stored or billed'),
      () => {
        choose(async (io) => (await import('./run-doctor.ts')).runDoctor(io), 'question');
      },
    );
