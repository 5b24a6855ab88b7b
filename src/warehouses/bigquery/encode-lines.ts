import { notJson } from '../staging.ts';

/** The columns of a table of lines; the upload is refused where anything else comes. */
export const linesSchema = [
  { name: 'batch', type: 'INT64', mode: 'REQUIRED' },
  { name: 'line', type: 'INT64', mode: 'REQUIRED' },
  { name: 'at', type: 'TIMESTAMP', mode: 'REQUIRED' },
  { name: 'payload', type: 'STRING', mode: 'REQUIRED' },
  { name: 'json', type: 'STRING', mode: 'NULLABLE' },
  { name: 'fault', type: 'STRING', mode: 'NULLABLE' },
] as const;

/** A pair of surrogate escapes, half of one, or any other escape, so that `\\ud800` is not taken for one. */
const escapes =
  /\\u[dD][89abAB][0-9a-fA-F]{2}\\u[dD][c-fC-F][0-9a-fA-F]{2}|\\u[dD][89a-fA-F][0-9a-fA-F]{2}|\\[^]/g;

const resolveEscape = (escape: string): string => {
  if (escape.length === 12) {
    return String.fromCharCode(
      Number.parseInt(escape.slice(2, 6), 16),
      Number.parseInt(escape.slice(8), 16),
    );
  }
  return escape.length === 6 && /^\\u[dD]/.test(escape) ? '\ufffd' : escape;
};

/**
 * The record with its surrogate escapes as characters: BigQuery's JSON functions on texts make two U+FFFD of a pair.
 * Half of a pair, which is no Unicode, becomes U+FFFD.
 */
export const resolveSurrogates = (text: string): string =>
  /\\u[dD][89a-fA-F]/.test(text) ? text.replace(escapes, resolveEscape) : text;

const findFault = (text: string): string | undefined => {
  try {
    const value: unknown = JSON.parse(text);
    const isObject = typeof value === 'object' && value !== null && !Array.isArray(value);
    return isObject ? undefined : 'is not an object';
  } catch {
    return notJson;
  }
};

/**
 * One record as a line of the upload: the record's text is carried inside a JSON string, so that each of its characters
 * comes through; what nothing can be read from is marked here, because BigQuery's functions read as far as they get.
 * @param place Its batch by number and its line there, both from 1, and the UTC instant at which its page arrived.
 */
export const encodeLine = (
  payload: string,
  { batch, line, at }: { batch: number; line: number; at: string },
): string => {
  const json = resolveSurrogates(payload);
  const fault = findFault(payload);
  return `${JSON.stringify({ batch, line, at, payload, ...(json !== payload && { json }), ...(fault && { fault }) })}\n`;
};
