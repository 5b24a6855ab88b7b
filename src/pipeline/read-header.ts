import { createHash } from 'node:crypto';
import { ConfigError } from '../errors.ts';

/** A column of a query's result, in plain words, with unit and time zone. */
export type ColumnText = { name: string; description: string };

/** An SQL file: lines of comment at its top, then one query. */
export type SqlFile = {
  /** The value of the line `-- <field>: <value>`. @throws ConfigError when there is none. */
  field: (name: string) => string;
  /** The same; null when there is none. */
  optional: (name: string) => string | null;
  /** The line `-- sources: …` as a list; empty for `none`. */
  sources: string[];
  /** The lines `--   <column>: <description>` under `-- columns:`. @throws ConfigError when there are none. */
  columns: () => ColumnText[];
  /** The query, without header and closing semicolon. */
  sql: string;
  /** Of the file's text: what a build records as its version. */
  sha256: string;
};

/**
 * The lines under `-- columns:` up to the header's next field.
 * @throws ConfigError when there are none, one is not of the form, or one column stands there twice.
 */
const parseColumns = (what: string, header: string): ColumnText[] => {
  const section = /^-- columns:\n((?:-- {2}.*\n)*)/m.exec(header)?.[1] ?? '';
  const columns = section
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => {
      const [, name, description] = /^-- {3}(\w+): (\S.*)$/.exec(line) ?? [];
      if (name !== undefined && description !== undefined) return { name, description };
      throw new ConfigError(
        `Cannot read ${what}: under "-- columns:" stands ${JSON.stringify(line)}; write "--   <column>: <description>"`,
      );
    });
  if (columns.length === 0) {
    throw new ConfigError(
      `Cannot read ${what}: its header describes no column; add "-- columns:" and a line "--   <column>: <description>" for each`,
    );
  }
  const names = columns.map(({ name }) => name.toLowerCase());
  const twice = columns.find((_, index) => names.indexOf(names[index] ?? '') !== index);
  if (twice === undefined) return columns;
  throw new ConfigError(
    `Cannot read ${what}: its header describes the column ${twice.name} twice; leave one`,
  );
};

/**
 * Reads the header of a model or a check.
 * @param what For messages: `model st_dim.dim_jobs`.
 * @throws ConfigError when the header names no sources.
 */
export const readHeader = (what: string, text: string): SqlFile => {
  const header = /^(?:--.*\n)+/.exec(text)?.[0] ?? '';
  const optional = (name: string): string | null =>
    new RegExp(`^-- ${name}: (.+)$`, 'm').exec(header)?.[1]?.trim() ?? null;
  const field = (name: string): string => {
    const value = optional(name);
    if (value !== null) return value;
    throw new ConfigError(`Cannot read ${what}: its header lacks "-- ${name}: …"; add it`);
  };
  return {
    field,
    optional,
    sources: field('sources')
      .split(/,\s*/)
      .filter((source) => source !== 'none'),
    columns: () => parseColumns(what, header),
    sql: text.slice(header.length).trim().replace(/;$/, ''),
    sha256: createHash('sha256').update(text).digest('hex'),
  };
};
