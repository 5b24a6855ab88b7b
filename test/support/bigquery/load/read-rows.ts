import { gunzipSync } from 'node:zlib';
import type { DuckDBValue } from '@duckdb/node-api';
import { readJson, type JsonNode } from '../json/read-json.ts';
import type { Field } from '../values/field.ts';
import { convertValue, MisfitError } from './convert-value.ts';

/** The first row of a file that cannot be loaded. */
export type BadRow = { position: number; message: string };

export type FileRows = { rows: DuckDBValue[][]; bad: BadRow | undefined };

const newline = 0x0a;

const isGzip = (bytes: Buffer): boolean => bytes[0] === 0x1f && bytes[1] === 0x8b;

const toRow = (text: string, fields: readonly Field[], skipsUnknown: boolean): DuckDBValue[] => {
  const node = readJson(text);
  if (node?.kind !== 'object') throw new MisfitError('Parser terminated before end of string');
  const members = new Map<string, JsonNode>();
  const known = new Set(fields.map(({ name }) => name.toLowerCase()));
  for (const [name, value] of node.entries) {
    const key = name.toLowerCase();
    if (!known.has(key) && !skipsUnknown) throw new MisfitError(`No such field: ${name}.`);
    members.set(key, value);
  }
  return fields.map((field) => convertValue(members.get(field.name.toLowerCase()), field));
};

/**
 * The rows of a file of newline-delimited JSON, gzipped or not. Empty lines are no rows. Reading stops at the first bad
 * row: nothing of the file is loaded then.
 */
export const readRows = (
  file: Buffer,
  fields: readonly Field[],
  { skipsUnknown }: { skipsUnknown: boolean },
): FileRows => {
  const bytes = isGzip(file) ? gunzipSync(file) : file;
  const rows: DuckDBValue[][] = [];
  for (let start = 0; start < bytes.length;) {
    const found = bytes.indexOf(newline, start);
    const end = found < 0 ? bytes.length : found;
    const line = bytes.toString('utf8', start, end);
    try {
      if (line.trim() !== '') rows.push(toRow(line, fields, skipsUnknown));
    } catch (error) {
      if (!(error instanceof MisfitError)) throw error;
      return { rows, bad: { position: start, message: error.message } };
    }
    start = end + 1;
  }
  return { rows, bad: undefined };
};
