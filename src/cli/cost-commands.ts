import type { Argv } from 'yargs';
import type { Choose } from './commands.ts';
import { formatOption } from './kpi-commands.ts';
import { oneNumber } from './once.ts';
import { showExample } from './show-example.ts';

/** The command that tells what the warehouse billed. */
export const addCosts = (yargs: Argv, choose: Choose): Argv =>
  yargs.command(
    'costs',
    'Add up what BigQuery billed, by entity and step',
    (command) =>
      command
        .option('days', {
          ...oneNumber('--days'),
          default: 30,
          describe: 'Of the last days, back from now',
        })
        .option('format', formatOption)
        .epilogue(
          'In bytes, slot time and dollars (BIGQUERY_USD_PER_TIB), for all tenants of these datasets. Loads are free. What a ' +
            'killed run did after its last commit is missing; Google’s own reports have it, by the labels fieldmart_run, ' +
            'fieldmart_entity and fieldmart_step.',
        )
        .example(showExample('$0 costs --days 7', 'the last week’s bytes, slot time and dollars')),
    (args) => {
      choose(async (io) => (await import('./run-costs.ts')).runCosts(args, io), 'question');
    },
  );
