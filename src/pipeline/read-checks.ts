import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { ConfigError } from '../errors.ts';
import { listFiles } from './list-files.ts';
import { readHeader } from './read-header.ts';

/** Red: the numbers are wrong whatever the business does, and no build is published. Yellow: a person should look. */
export type Severity = 'red' | 'yellow';

/** One SQL file that returns the wrong rows. */
export type Check = {
  name: string;
  /** What holds when it is green. */
  description: string;
  severity: Severity;
  /** From when on a row is wrong, in words. */
  threshold: string;
  /** Tables it reads. */
  sources: string[];
  decision: string;
  sql: string;
};

const parseSeverity = (name: string, text: string): Severity => {
  if (text === 'red' || text === 'yellow') return text;
  throw new ConfigError(
    `Cannot read check ${name}: its severity is ${JSON.stringify(text)}; write red or yellow`,
  );
};

/**
 * A check from its text. The header: `-- <name>: <what it holds>`, then severity, threshold, sources, decision.
 * @throws ConfigError when the header lacks a line or names another check than the file does.
 */
export const parseCheck = (name: string, text: string): Check => {
  const { field, sources, sql } = readHeader(`check ${name}`, text);
  return {
    name,
    description: field(name),
    severity: parseSeverity(name, field('severity')),
    threshold: field('threshold'),
    sources,
    decision: field('decision'),
    sql,
  };
};

/** Every check under `sqlDir`: the file `checks/<name>.sql`. */
export const readChecks = async (sqlDir: string): Promise<Check[]> => {
  const folder = join(sqlDir, 'checks');
  const checks: Check[] = [];
  for (const file of await listFiles(folder, '.sql')) {
    const text = await readFile(join(folder, file), 'utf8');
    checks.push(parseCheck(file.slice(0, -'.sql'.length), text));
  }
  return checks;
};
