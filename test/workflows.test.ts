import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, test } from '@jest/globals';
import { parse } from 'yaml';

type Step = { uses?: string; run?: string; with?: Record<string, unknown> };
type Job = { 'timeout-minutes'?: number; permissions?: unknown; steps?: Step[] };
type Workflow = { permissions?: unknown; on?: unknown; jobs: Record<string, Job> };

const dir = '.github/workflows';
const names = (await readdir(dir)).sort();
const texts = new Map(
  await Promise.all(
    names.map(async (name) => [name, await readFile(join(dir, name), 'utf8')] as const),
  ),
);

test('there are workflows, and nothing else in their folder', () => {
  expect(names).toContain('ci.yml');
  expect(names.filter((name) => !name.endsWith('.yml'))).toEqual([]);
});

describe.each(names)('%s', (name) => {
  const text = texts.get(name) ?? '';
  const workflow = parse(text) as Workflow;
  const jobs = Object.values(workflow.jobs);
  const steps = jobs.flatMap((job) => job.steps ?? []);

  test('may read the repository and nothing else', () => {
    expect(workflow.permissions).toEqual({ contents: 'read' });
    for (const job of jobs) expect(job.permissions).toBeUndefined();
  });

  test('is never run with the rights of this repository on the code of others', () => {
    expect(text).not.toMatch(/pull_request_target|workflow_run/);
  });

  test('names each action by its commit, with its version beside it', () => {
    for (const { uses } of steps) {
      if (uses !== undefined) expect(uses).toMatch(/^[\w.-]+\/[\w./-]+@[0-9a-f]{40}$/);
    }
    for (const line of text.split('\n').filter((one) => /\buses:/.test(one))) {
      expect(line).toMatch(/@[0-9a-f]{40} # v\d+\.\d+\.\d+$/);
    }
  });

  test('leaves no token behind in the clone', () => {
    for (const { uses = '', with: given } of steps) {
      if (uses.startsWith('actions/checkout@'))
        expect(given).toMatchObject({ 'persist-credentials': false });
    }
  });

  test('ends by itself', () => {
    for (const job of jobs) expect(job['timeout-minutes']).toBeGreaterThan(0);
  });

  test('puts nothing that others can write into a command', () => {
    for (const { run = '' } of steps) expect(run).not.toMatch(/\$\{\{/);
  });
});

test('what users install is audited', () => {
  expect(texts.get('ci.yml')).toMatch(/npm audit --omit=dev --audit-level=high/);
});

test('actions, packages and the image’s base are kept new', async () => {
  const { updates } = parse(await readFile('.github/dependabot.yml', 'utf8')) as {
    updates: { 'package-ecosystem': string }[];
  };
  expect(updates.map((update) => update['package-ecosystem'])).toEqual([
    ...['npm', 'github-actions', 'docker'],
  ]);
});
