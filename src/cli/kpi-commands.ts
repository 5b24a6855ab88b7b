import type { Argv } from 'yargs';
import { choice } from './choice.ts';
import type { Choose } from './commands.ts';
import { once } from './once.ts';
import { showExample } from './show-example.ts';

/** How the commands that print rows of numbers write them. */
export const formatOption = {
  ...choice('--format', ['table', 'csv', 'json']),
  default: 'table' as const,
  describe: 'How results are written',
};

const date = (option: string, describe: string) =>
  ({ type: 'string', requiresArg: true, coerce: once(option), describe }) as const;

const addKpis = (yargs: Argv, choose: Choose): Argv =>
  yargs.command(
    'kpis',
    'Print the KPIs by day, week or region',
    (command) =>
      command
        .option('from', date('--from', 'First local date, included, as 2024-03-01'))
        .option('to', date('--to', 'Last local date, included; without both: the latest full week'))
        .option('unit', {
          type: 'string',
          array: true,
          requiresArg: true,
          default: [] as string[],
          describe: 'Units, separated by commas; where rows are regions: regions; left out: all',
        })
        .option('by', {
          ...choice('--by', ['day', 'week', 'region', 'week-region']),
          default: 'day' as const,
          describe: 'A row is a day and unit, a week and unit, a day and region, a week and region',
        })
        .option('format', formatOption)
        .example(
          showExample('$0 kpis --by week', 'the latest full week, Monday to Sunday, by unit'),
        )
        .example(
          showExample(
            '$0 kpis --from 2024-03-01 --to 2024-03-31 --unit Phoenix-Sales --format csv',
            'every day of March, both ends included',
          ),
        ),
    (args) => {
      choose(async (io) => (await import('./run-kpis.ts')).runKpis(args, io), 'question');
    },
  );

const addExplain = (yargs: Argv, choose: Choose): Argv =>
  yargs.command(
    'explain',
    'List the jobs, estimates, invoices or payments that make up a KPI',
    (command) =>
      command
        .option('kpi', {
          ...date('--kpi', 'The KPI, as total_booked; the parts of the ratios too'),
          demandOption: true,
        })
        .option('unit', {
          ...date('--unit', 'The unit, as Phoenix-Sales; "(no unit)" for money that reaches none'),
          demandOption: true,
        })
        .option('date', {
          ...date('--date', 'The local date, as 2024-03-18'),
          demandOption: true,
        })
        .option('format', formatOption)
        .example(
          showExample(
            '$0 explain --kpi total_booked --unit Phoenix-Sales --date 2024-03-18',
            'the estimates sold on that day; exit 6 if they are not the number',
          ),
        ),
    (args) => {
      choose(async (io) => (await import('./run-explain.ts')).runExplain(args, io), 'question');
    },
  );

/** The commands that read the KPIs. */
export const addKpiCommands = (yargs: Argv, choose: Choose): Argv =>
  addExplain(addKpis(yargs, choose), choose);
