import { readFile } from 'node:fs/promises';
import { parse } from 'yaml';

export type Step = {
  name?: string;
  uses?: string;
  run?: string;
  if?: string;
  env?: Record<string, string>;
  with?: Record<string, string>;
};

export type Job = { if?: string; 'timeout-minutes'?: number; steps: Step[] };

export type Workflow = {
  on: { schedule?: { cron: string }[]; workflow_dispatch?: unknown };
  permissions: Record<string, string>;
  concurrency: { group: string; 'cancel-in-progress': boolean };
  jobs: Record<string, Job>;
};

export const workflowDir = '.github/workflows';

/** A workflow as GitHub reads it; YAML 1.2, in which `on` is a word. */
export const readWorkflow = async (name: string): Promise<Workflow> =>
  parse(await readFile(`${workflowDir}/${name}`, 'utf8')) as Workflow;

export const stepsOf = ({ jobs }: Workflow): Step[] =>
  Object.values(jobs).flatMap(({ steps }) => steps);

/** What `${{ secrets.NAME }}`, `${{ vars.NAME }}` and a default after `||` come to. An unset one is empty. */
export const evaluate = (
  text: string,
  given: { secrets: NodeJS.ProcessEnv; vars: NodeJS.ProcessEnv },
): string => {
  const [, place, name = '', otherwise = ''] =
    /^\$\{\{ (secrets|vars)\.([A-Z_]+)(?: \|\| '([^']*)')? \}\}$/.exec(text) ?? [];
  if (place !== 'secrets' && place !== 'vars') throw new Error(`cannot evaluate ${text}`);
  const value = given[place][name] ?? '';
  return value === '' ? otherwise : value;
};
