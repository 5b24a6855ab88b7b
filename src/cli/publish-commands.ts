import type { Argv } from 'yargs';
import type { Choose } from './commands.ts';
import { once } from './once.ts';
import { showExample } from './show-example.ts';

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
        .example(showExample('$0 publish xlsx', 'one row per invoice, after every sync'))
        .example(showExample('$0 publish xlsx --out share/revenue.xlsx', 'into another folder')),
    (args) => {
      choose(async (io) => (await import('./run-publish-xlsx.ts')).runPublishXlsx(args, io), 'run');
    },
  );

const addDatabox = (yargs: Argv, choose: Choose): Argv =>
  yargs.command(
    'databox',
    'Send what changed to Databox, and the day so far by unit; off without its variables',
    (command) =>
      command
        .option('all', {
          type: 'boolean',
          default: false,
          describe: 'Send every invoice again; doubles nothing',
        })
        .example(showExample('$0 publish databox', 'after every sync; exit 3 if Databox refuses')),
    (args) => {
      choose(
        async (io) => (await import('./run-publish-databox.ts')).runPublishDatabox(args, io),
        'run',
      );
    },
  );

const date = (option: string, describe: string) =>
  ({ type: 'string', requiresArg: true, coerce: once(option), describe }) as const;

const addReport = (yargs: Argv, choose: Choose): Argv =>
  yargs.command(
    'report',
    'Write the KPIs of the latest full week as one HTML page',
    (command) =>
      command
        .option('from', date('--from', 'First local date of the trend; left out: a year'))
        .option('to', date('--to', 'Report the last full week up to this local date'))
        .option('out', {
          type: 'string',
          requiresArg: true,
          coerce: once('--out'),
          default: 'output/report.html',
          describe: 'The page; one that is there is replaced in one step',
        })
        .example(showExample('$0 report', 'last week beside the week before and a year ago'))
        .example(
          showExample(
            '$0 report --to 2024-03-31 --out march.html',
            'the last full week of March 2024',
          ),
        ),
    (args) => {
      choose(async (io) => (await import('./run-report.ts')).runReport(args, io), 'run');
    },
  );

/** The commands that hand the numbers on to other programs. */
export const addPublish = (yargs: Argv, choose: Choose): Argv =>
  addReport(yargs, choose).command(
    'publish',
    'Hand invoices and KPIs on: publish xlsx, publish databox',
    (command) =>
      addDatabox(addXlsx(command, choose), choose).demandCommand(
        1,
        1,
        'say where to: publish xlsx or publish databox',
        'there is more than one command',
      ),
  );
