import { readdir } from 'node:fs/promises';
import { describe, expect, test } from '@jest/globals';
import { secretNames, variableNames } from '../../src/config.ts';
import { readWorkflow, stepsOf, workflowDir } from './support/read-workflow.ts';

const names = (await readdir(workflowDir)).sort();
const workflows = await Promise.all(
  names.map(async (name) => [name, await readWorkflow(name)] as const),
);
const scheduled = workflows.filter(([name]) => ['daily.yml', 'hourly.yml'].includes(name));

/** Paths that stay as they are: the steps before and after know them. */
const fixed = ['DUCKDB_PATH', 'SPOOL_DIR', 'LOG_FILE'];

test('there are one for changes, a daily and an hourly one', () => {
  expect(names).toEqual(expect.arrayContaining(['ci.yml', 'daily.yml', 'hourly.yml']));
});

describe.each(workflows)('%s', (_, workflow) => {
  test('may read the code and nothing else', () => {
    expect(workflow.permissions).toEqual({ contents: 'read' });
    const checkouts = stepsOf(workflow).filter(({ uses }) => uses?.startsWith('actions/checkout@'));
    expect(checkouts).not.toEqual([]);
    for (const { with: options } of checkouts) {
      expect(options).toMatchObject({ 'persist-credentials': false });
    }
  });

  test('names each action by its commit', () => {
    const actions = stepsOf(workflow).flatMap(({ uses }) => uses ?? []);
    for (const action of actions) expect(action).toMatch(/^[\w-]+\/[\w/-]+@[0-9a-f]{40}$/);
  });

  test('ends some time', () => {
    for (const job of Object.values(workflow.jobs)) {
      expect(job['timeout-minutes']).toBeLessThanOrEqual(350);
    }
  });
});

test('an action has one version in all of them', () => {
  const actions = workflows.flatMap(([, workflow]) =>
    stepsOf(workflow).flatMap(({ uses }) => uses ?? []),
  );
  const versions = new Map<string, Set<string>>();
  for (const action of actions) {
    const [name = '', commit = ''] = action.split('@');
    const owner = name.split('/').slice(0, 2).join('/');
    versions.set(owner, (versions.get(owner) ?? new Set()).add(commit));
  }
  for (const [owner, commits] of versions) expect([owner, commits.size]).toEqual([owner, 1]);
});

describe.each(scheduled)('%s by the clock', (_, workflow) => {
  const working = stepsOf(workflow).filter(({ env }) => env !== undefined);

  test('starts at an odd minute, only where it was set up', () => {
    for (const { cron } of workflow.on.schedule ?? []) {
      const minute = Number(cron.split(' ')[0]);
      expect(minute % 2).toBe(1);
    }
    expect(workflow.on).toHaveProperty('workflow_dispatch');
    for (const job of Object.values(workflow.jobs)) expect(job.if).toContain('FIELDMART_SCHEDULE');
  });

  test('writes alone, and is not broken off by the next one', () => {
    expect(workflow.concurrency).toEqual({ group: 'warehouse', 'cancel-in-progress': false });
  });

  test('hands every variable on, secrets as secrets, to the one step that needs them', () => {
    expect(working).toHaveLength(1);
    const { HISTORY_FROM, BIGQUERY_KEY, ...mapped } = working[0]?.env ?? {};
    expect(HISTORY_FROM).toMatch(/^\$\{\{ vars\.HISTORY_FROM \|\| '\d{4}-\d\d-\d\d' \}\}$/);
    expect(BIGQUERY_KEY).toBe('${{ secrets.BIGQUERY_KEY }}');
    const expected = variableNames
      .filter((name) => !fixed.includes(name))
      .map((name) => [name, `\${{ ${secretNames.includes(name) ? 'secrets' : 'vars'}.${name} }}`]);
    expect(mapped).toEqual(Object.fromEntries(expected));
  });

  test('no shell line holds an expression, so that nothing typed elsewhere is run', () => {
    for (const { run = '' } of stepsOf(workflow)) expect(run).not.toContain('${{');
  });

  test('keeps the warehouse and the log whatever happened', () => {
    const kept = stepsOf(workflow).filter(({ if: condition }) => condition === 'always()');
    expect(kept.map(({ uses = '' }) => uses.split('@')[0])).toEqual([
      'actions/cache/save',
      'actions/upload-artifact',
    ]);
    const [restore] = stepsOf(workflow).filter(({ uses }) => uses?.includes('cache/restore'));
    expect(restore?.with).toMatchObject({ ...kept[0]?.with, 'restore-keys': 'warehouse-' });
    expect(kept[1]?.with?.path).toMatch(/^output\/[\w.]+\nlogs\n$/);
  });
});

test('every secret is a variable', () => {
  expect(variableNames).toEqual(expect.arrayContaining([...secretNames]));
});
