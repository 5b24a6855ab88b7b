import { spawnSync } from 'node:child_process';
import { parseArgs } from 'node:util';

/**
 * Runs schedules of faults on demand: npm run simulate -- --schedules 50000 --seed 7 --warehouse duckdb
 * A seed that breaks a promise is named and runs again alone with --schedules 1 --seed N; --story prints all of it.
 */
const { values } = parseArgs({
  options: {
    schedules: { type: 'string', default: '2000' },
    seed: { type: 'string', default: '1' },
    warehouse: { type: 'string', default: 'duckdb' },
    story: { type: 'boolean', default: false },
  },
});

const isCount = (text) => /^[1-9][0-9]*$/.test(text);
if (!isCount(values.schedules) || !isCount(values.seed)) {
  console.error('Cannot simulate: --schedules and --seed are whole numbers from 1; give such');
  process.exit(2);
}
if (!['duckdb', 'bigquery'].includes(values.warehouse)) {
  console.error(
    `Cannot simulate ${values.warehouse}: there is no such warehouse; give duckdb or bigquery`,
  );
  process.exit(2);
}

const { status } = spawnSync(
  process.execPath,
  [
    '--min-semi-space-size=64',
    '--max-semi-space-size=64',
    '--experimental-vm-modules',
    '--no-warnings=ExperimentalWarning',
    'node_modules/jest/bin/jest.js',
    `test/simulation/${values.warehouse}.test.ts`,
  ],
  {
    stdio: 'inherit',
    env: {
      ...process.env,
      SIMULATE_SCHEDULES: values.schedules,
      SIMULATE_SEED: values.seed,
      ...(values.story ? { SIMULATE_STORY: '1' } : {}),
    },
  },
);
process.exit(status ?? 1);
