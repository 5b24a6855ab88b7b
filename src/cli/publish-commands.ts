import type { Argv } from 'yargs';
import type { Choose } from './commands.ts';
import { once } from './once.ts';

const addXlsx = (yargs: Argv, choose: Choose): Argv =>
  yargs.command(
    'xlsx',
    'Write the invoices and the daily KPIs as an Excel workbook',
    (command) =>
      command
        .option('out', {
          type: 'string',
          requiresArg: true,
          coerce: once('--out'),
          default: 'output/hourly_revenue.xlsx',
          describe: 'The workbook; one that is there is replaced in one step',
        })
        .example('$0 publish xlsx', 'one row per invoice, after every sync')
        .example('$0 publish xlsx --out /mnt/share/revenue.xlsx', 'into another folder'),
    (args) => {
      choose(async (io) => (await import('./run-publish-xlsx.ts')).runPublishXlsx(args, io), 'run');
    },
  );

/** The commands that hand the numbers on to other programs. */
export const addPublish = (yargs: Argv, choose: Choose): Argv =>
  yargs.command('publish', 'Hand invoices and KPIs on: publish xlsx', (command) =>
    addXlsx(command, choose).demandCommand(
      1,
      1,
      'say where to: publish xlsx',
      'there is more than one command',
    ),
  );
