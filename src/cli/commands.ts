import type { Argv } from 'yargs';
import { addCosts } from './cost-commands.ts';
import type { Io } from './io.ts';
import { addKpiCommands } from './kpi-commands.ts';
import { once, oneNumber } from './once.ts';
import { addPublish } from './publish-commands.ts';
import { addReconcile } from './reconcile-command.ts';
import { addSetupCommands } from './setup-commands.ts';
import { showExample } from './show-example.ts';

/** Runs a command; its result is the exit code. */
export type Run = (io: Io) => Promise<number>;

/**
 * A `run` moves, makes or vouches for something: it is kept in the log file, and its failure is told to
 * ALERT_WEBHOOK_URL. A `question` reads what is there, for whoever asked.
 */
export type Kind = 'run' | 'question';

/** Takes the command that was typed. */
export type Choose = (run: Run, kind: Kind) => void;

const entityOption = {
  type: 'string',
  array: true,
  requiresArg: true,
  default: [] as string[],
  describe: 'Entities, separated by commas',
} as const;

/** What moves data and makes tables of them. */
const addDataCommands = (yargs: Argv, choose: Choose): Argv =>
  yargs
    .command(
      'backfill',
      'Read history into the warehouse; repeat the command to go on where it stopped',
      (command) =>
        command
          .option('entity', entityOption)
          .option('all', { type: 'boolean', default: false, describe: 'All entities' })
          .option('from', {
            type: 'string',
            requiresArg: true,
            coerce: once('--from'),
            demandOption: true,
            describe: 'First local date to read, as 2020-01-01',
          })
          .option('to', {
            type: 'string',
            requiresArg: true,
            coerce: once('--to'),
            describe: 'First local date not to read; left out: everything until now',
          })
          .option('force', {
            type: 'boolean',
            default: false,
            describe: 'Read finished windows again',
          })
          .epilogue(
            'It reads windows of a year (a month of payroll, ten years where records are few), several at a time; finished ones are ' +
              'skipped when the same command runs again. Entities that are read whole or through their feed (reference tables, ' +
              'invoice-items, job-canceled-logs, inventory-bills) have no upper bound.',
          )
          .example(
            showExample('$0 backfill --entity invoices --from 2020-01-01', 'one entity, all of it'),
          )
          .example(
            showExample(
              '$0 backfill --all --from 2024-01-01 --to 2024-04-01',
              'a quarter of everything',
            ),
          ),
      (args) => {
        choose(
          async (io) =>
            (await import('./run-backfill.ts')).runBackfill({ ...args, to: args.to }, io),
          'run',
        );
      },
    )
    .command(
      'sync',
      'Bring entities up to date; what cron calls every day',
      (command) =>
        command
          .option('entity', { ...entityOption, describe: 'Entities; left out: all' })
          .option('since', {
            type: 'string',
            requiresArg: true,
            coerce: once('--since'),
            describe: 'Read everything modified since this local date, whatever was read before',
          })
          .option('lookback', {
            type: 'string',
            requiresArg: true,
            coerce: once('--lookback'),
            default: '1d',
            describe:
              'How far a read without a feed token goes back before the last one (90m, 36h, 2d)',
          })
          .epilogue(
            'It reads the export feed on from its token, or the whole of a small entity that has none; without a cursor, the last ' +
              '7 days. --lookback is for first reads and for entities that are read by modification, of which there are none here.',
          )
          .example(showExample('$0 sync', 'all entities, from where the last sync ended')),
      (args) => {
        choose(
          async (io) => (await import('./run-sync.ts')).runSync({ ...args, since: args.since }, io),
          'run',
        );
      },
    )
    .command(
      'build',
      'Run the model SQL and its checks: reference tables, jobs, KPIs',
      (command) =>
        command
          .option('select', {
            type: 'string',
            requiresArg: true,
            coerce: once('--select'),
            describe: 'One model, with what it needs; left out: all',
          })
          .epilogue(
            'All models are published when their checks pass, or none. It says which entities were never loaded.',
          )
          .example(showExample('$0 build', 'all models, in the order they need each other'))
          .example(
            showExample('$0 build --select daily_kpis', 'what daily_kpis needs, and daily_kpis'),
          ),
      (args) => {
        choose(
          async (io) =>
            (await import('./run-build.ts')).runBuild({ ...args, select: args.select }, io),
          'run',
        );
      },
    )
    .command(
      'check',
      'Run the checks on the published tables',
      (command) => command.example(showExample('$0 check', 'exit 6 if one is red')),
      () => {
        choose(async (io) => (await import('./run-check.ts')).runCheck(io), 'run');
      },
    );

/** What reads the numbers, compares them and hands them on. */
const addNumbers = (yargs: Argv, choose: Choose): Argv =>
  addPublish(addReconcile(addKpiCommands(yargs, choose), choose), choose);

/**
 * Every command with its options. A handler hands over what is to be run, and loads its code only then, so that
 * `--help` stays quick.
 */
export const addCommands = (yargs: Argv, choose: Choose): Argv =>
  addCosts(addNumbers(addDataCommands(addSetupCommands(yargs, choose), choose), choose), choose)
    .command(
      'progress',
      'Show how far each entity is and how old its data are',
      (command) =>
        command
          .option('entity', { ...entityOption, describe: 'Entities; left out: all' })
          .option('watch', {
            type: 'boolean',
            default: false,
            describe: 'Show it again every five seconds (of BigQuery, every minute)',
          })
          .example(showExample('$0 progress --entity jobs,invoices', 'two entities')),
      (args) => {
        choose(async (io) => (await import('./run-progress.ts')).runProgress(args, io), 'question');
      },
    )
    .command(
      'runs',
      'List the latest runs, how they ended, and what to do about those that failed',
      (command) =>
        command
          .option('limit', {
            ...oneNumber('--limit'),
            default: 20,
            describe: 'How many at most',
          })
          .option('days', {
            ...oneNumber('--days'),
            default: 30,
            describe: 'Those that began in the last days',
          })
          .example(showExample('$0 runs --days 7', 'the last week’s backfills, syncs and builds')),
      (args) => {
        choose(async (io) => (await import('./run-runs.ts')).runRuns(args, io), 'question');
      },
    )
    .command(
      'verify',
      'Compare the ledger with the raw tables',
      (command) => command.example(showExample('$0 verify', 'exit 6 if they differ')),
      () => {
        choose(async (io) => (await import('./run-verify.ts')).runVerify(io), 'run');
      },
    )
    .command(
      'sandbox',
      'Run a stand-in ServiceTitan with an invented company on this machine',
      (command) =>
        command
          .option('port', {
            ...oneNumber('--port'),
            default: 8080,
            describe: '0 takes any free port',
          })
          .option('scale', {
            ...oneNumber('--scale'),
            default: 0.01,
            describe: '1 is a company of 161,332 jobs since 2020',
          })
          .option('seed', {
            ...oneNumber('--seed'),
            default: 1,
            describe: 'Another seed, another company',
          })
          .example(
            showExample(
              '$0 sandbox --port 0 --scale 0.05',
              'any free port, a twentieth of that company',
            ),
          ),
      (args) => {
        choose(async (io) => (await import('./run-sandbox.ts')).runSandbox(args, io), 'question');
      },
    )
    .command(
      'demo',
      'Backfill, sync and build against a small sandbox, and compare both sides',
      (command) =>
        command
          .option('scale', { ...oneNumber('--scale'), default: 0.01, describe: 'As in sandbox' })
          .option('dir', {
            type: 'string',
            default: 'data/demo',
            describe: 'Folder for the demo’s own database; it is emptied first',
          })
          .example(showExample('$0 demo', 'needs no credentials')),
      (args) => {
        choose(async (io) => (await import('./run-demo.ts')).runDemo(args, io), 'question');
      },
    );
