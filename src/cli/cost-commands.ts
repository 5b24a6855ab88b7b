import type { Argv } from 'yargs';
import type { Choose } from './commands.ts';
import { formatOption } from './kpi-commands.ts';

/** The command that tells what the warehouse billed. */
export const addCosts = (yargs: Argv, choose: Choose): Argv =>
  yargs.command(
    'costs',
    'Add up what BigQuery billed, by entity and step',
    (command) =>
      command
        .option('days', {
          type: 'number',
          requiresArg: true,
          default: 30,
          describe: 'Of the last days, back from now',
        })
        .option('format', formatOption)
        .example('$0 costs --days 7', 'the last week’s bytes, slot time and dollars'),
    (args) => {
      choose(async (io) => (await import('./run-costs.ts')).runCosts(args, io), 'question');
    },
  );
