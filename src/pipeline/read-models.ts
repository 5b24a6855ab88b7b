import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { ConfigError } from '../errors.ts';
import { listFiles } from './list-files.ts';
import { readHeader, type ColumnText } from './read-header.ts';

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
  /** Every column of its result, in the result's order. */
  columns: ColumnText[];
  /** The column with a snapshot's date, of a table that keeps all snapshots; null for one that each build makes anew. */
  historyColumn: string | null;
  /** The query, without its header and a closing semicolon. */
  sql: string;
  /** Of the file's text: what a build records as the model's version. */
  sha256: string;
};

const modelFolders = ['ref', 'dim', 'mart'];

/**
 * A model from its text. The header's lines are comments at the top: `-- <name>: <description>`, then grain, sources,
 * units, decision, `history: <column>` for a table that keeps snapshots, and under `columns:` a line
 * `--   <column>: <description>` for each column of the result.
 * @throws ConfigError when the header lacks a line or names another table than the file does.
 */
export const parseModel = (name: string, text: string): Model => {
  const { field, optional, sources, columns, sql, sha256 } = readHeader(`model ${name}`, text);
  return {
    name,
    description: field(name),
    grain: field('grain'),
    sources,
    units: field('units'),
    decision: field('decision'),
    columns: columns(),
    historyColumn: optional('history'),
    sql,
    sha256,
  };
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
