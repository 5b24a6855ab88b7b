import { createHash } from 'node:crypto';
import { ConfigError } from '../errors.ts';

/** An SQL file: lines of comment at its top, then one query. */
export type SqlFile = {
  /** The value of the line `-- <field>: <value>`. @throws ConfigError when there is none. */
  field: (name: string) => string;
  /** The same; null when there is none. */
  optional: (name: string) => string | null;
  /** The line `-- sources: …` as a list; empty for `none`. */
  sources: string[];
  /** The query, without header and closing semicolon. */
  sql: string;
  /** Of the file's text: what a build records as its version. */
  sha256: string;
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
    sql: text.slice(header.length).trim().replace(/;$/, ''),
    sha256: createHash('sha256').update(text).digest('hex'),
  };
};
