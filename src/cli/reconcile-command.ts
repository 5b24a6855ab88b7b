import type { Argv } from 'yargs';
import type { Choose } from './commands.ts';
import { once } from './once.ts';
import { showExample } from './show-example.ts';

const text = (option: string, describe: string) =>
  ({ type: 'string', requiresArg: true, coerce: once(option), describe }) as const;

const list = (describe: string) =>
  ({
    type: 'string',
    array: true,
    requiresArg: true,
    default: [] as string[],
    describe,
  }) as const;

/** The command that compares the KPIs with the source's own reports. */
export const addReconcile = (yargs: Argv, choose: Choose): Argv =>
  yargs.command(
    'reconcile',
    'Compare a KPI with a report of the source, unit by unit and record by record',
    (command) =>
      command
        .option('kpi', { ...text('--kpi', 'The KPI, as total_booked'), demandOption: true })
        .option('from', text('--from', 'First local date, included; not for snapshots'))
        .option('to', {
          ...text('--to', 'Last local date, included; of a snapshot its date'),
          demandOption: true,
        })
        .option('csv', text('--csv', 'An export of the report; docs/kpis.md lists its columns'))
        .option('report', text('--report', 'A report of the Reporting API, as CATEGORY/ID'))
        .option(
          'param',
          list('A parameter of the report, as NAME=VALUE; From and To come from --from and --to'),
        )
        .option('unit', list('Units, separated by commas; left out: all'))
        .option('format', {
          choices: ['table', 'json'] as const,
          default: 'table' as const,
          describe: 'How results are written',
        })
        .example(
          showExample(
            '$0 reconcile --kpi total_booked --from 2024-03-18 --to 2024-03-24 --csv sold.csv',
            'Monday to Sunday, both included; exit 6 if a unit differs',
          ),
        )
        .example(
          showExample(
            '$0 reconcile --kpi lead_count --from 2024-03-18 --to 2024-03-24 --report marketing/1001',
            'the same out of the Reporting API',
          ),
        ),
    (args) => {
      choose(async (io) => (await import('./run-reconcile.ts')).runReconcile(args, io), 'question');
    },
  );
