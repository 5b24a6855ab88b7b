/** Strings, and numbers of 16 characters or more: DuckDB reads shorter ones exactly, as doubles. */
const tokens = /"(?:[^"\\]|\\[^])*"|-?[0-9][0-9.eE+-]{15,}/g;

/** A surrogate escape with its partner, or alone; or any other escape, so that `\\ud800` is not taken for one. */
const escapes =
  /\\u[dD][89abAB][0-9a-fA-F]{2}\\u[dD][c-fC-F][0-9a-fA-F]{2}|\\u[dD][89a-fA-F][0-9a-fA-F]{2}|\\[^]/g;

const isLoneSurrogate = (escape: string): boolean => escape.length === 6;

const mendString = (text: string): string =>
  text.replace(escapes, (escape) => (isLoneSurrogate(escape) ? '\\ufffd' : escape));

/**
 * The record's text, so that DuckDB's JSON functions read every field as it stands: long numbers become strings of the
 * same characters, and lone surrogates, which are no Unicode, become U+FFFD. Only ever used to compute columns: what
 * is stored is the record as received.
 */
export const rewriteRecord = (text: string): string =>
  text.replace(tokens, (token) => (token.startsWith('"') ? mendString(token) : `"${token}"`));
