import { createHash } from 'node:crypto';
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { parse } from 'csv-parse/sync';
import { ConfigError } from '../errors.ts';

/** One SQL file: a table of the warehouse. */
export type Model = {
  /** `st_dim.dim_jobs`. */
  name: string;
  description: string;
  grain: string;
  /** Tables it reads, as its header lists them; empty for `none`. */
  sources: string[];
  units: string;
  decision: string;
  /** The query, without its header and a closing semicolon. */
  sql: string;
  /** Of the file's text: what a build records as the model's version. */
  sha256: string;
};

/** A CSV file that a person edits, as a table of texts. */
export type Seed = { name: string; columns: string[]; rows: string[][] };

const modelFolders = ['ref', 'dim', 'mart'];

const headerField = (file: string, header: string, field: string): string => {
  const value = new RegExp(`^-- ${field}: (.+)$`, 'm').exec(header)?.[1];
  if (value === undefined) {
    throw new ConfigError(`Cannot read model ${file}: its header lacks "-- ${field}: …"; add it`);
  }
  return value.trim();
};

/**
 * A model from its text. The header's lines are comments at the top: `-- <name>: <description>`, then grain, sources,
 * units, decision.
 * @throws ConfigError when the header lacks a line or names another table than the file does.
 */
export const parseModel = (name: string, text: string): Model => {
  const header = /^(?:--.*\n)+/.exec(text)?.[0] ?? '';
  const body = text.slice(header.length);
  return {
    name,
    description: headerField(name, header, name),
    grain: headerField(name, header, 'grain'),
    sources: headerField(name, header, 'sources')
      .split(/,\s*/)
      .filter((source) => source !== 'none'),
    units: headerField(name, header, 'units'),
    decision: headerField(name, header, 'decision'),
    sql: body.trim().replace(/;$/, ''),
    sha256: createHash('sha256').update(text).digest('hex'),
  };
};

/** A folder that is not there holds nothing: git keeps no empty ones. */
const listFiles = async (folder: string, ending: string): Promise<string[]> => {
  try {
    return (await readdir(folder)).filter((file) => file.endsWith(ending)).sort();
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return [];
    throw error;
  }
};

/** Every model under `sqlDir`: the file `dim/dim_jobs.sql` is the table `st_dim.dim_jobs`. */
export const readModels = async (sqlDir: string): Promise<Model[]> => {
  const models: Model[] = [];
  for (const folder of modelFolders) {
    for (const file of await listFiles(join(sqlDir, folder), '.sql')) {
      const text = await readFile(join(sqlDir, folder, file), 'utf8');
      models.push(parseModel(`st_${folder}.${file.slice(0, -'.sql'.length)}`, text));
    }
  }
  return models;
};

/**
 * The seeds: `seeds/business_unit_rollup.csv` is the table `st_ref.seed_business_unit_rollup`.
 * @throws ConfigError when a file is no CSV with one header row and rows of its width.
 */
export const readSeeds = async (sqlDir: string): Promise<Seed[]> => {
  const folder = join(sqlDir, 'seeds');
  const seeds: Seed[] = [];
  for (const file of await listFiles(folder, '.csv')) {
    const [columns, ...rows] = parseCsv(file, await readFile(join(folder, file), 'utf8'));
    if (columns === undefined) {
      throw new ConfigError(`Cannot read seed ${file}: it is empty; give it a header row`);
    }
    seeds.push({ name: `st_ref.seed_${file.slice(0, -'.csv'.length)}`, columns, rows });
  }
  return seeds;
};

const parseCsv = (file: string, text: string): string[][] => {
  try {
    return parse(text, { bom: true, skip_empty_lines: true });
  } catch (error) {
    throw new ConfigError(`Cannot read seed ${file}: ${(error as Error).message}; mend the file`, {
      cause: error,
    });
  }
};

/**
 * Models in an order in which each comes after those it reads.
 * @throws ConfigError when models read each other in a circle.
 */
export const orderModels = (models: readonly Model[]): Model[] => {
  const ordered: Model[] = [];
  let waiting = [...models];
  while (waiting.length > 0) {
    const isReady = ({ sources }: Model): boolean =>
      !waiting.some(({ name }) => sources.includes(name));
    const ready = waiting.filter(isReady);
    if (ready.length === 0) {
      const names = waiting.map(({ name }) => name).join(', ');
      throw new ConfigError(`Cannot order the models: ${names} read each other; break the circle`);
    }
    ordered.push(...ready);
    waiting = waiting.filter((model) => !ready.includes(model));
  }
  return ordered;
};
