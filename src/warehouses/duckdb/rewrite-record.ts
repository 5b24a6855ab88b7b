/** A number of so many characters, its sign left out, may have more digits than a double: DuckDB reads shorter ones exactly. */
export const longNumberFrom = 16;

/** A long number, as a regular expression of both languages. */
export const longNumber = `-?[0-9][0-9.eE+-]{${longNumberFrom - 1},}`;

/** The start of a string, or a long number. */
const starts = new RegExp(`"|${longNumber}`, 'g');

/** A surrogate escape with its partner, or alone; or any other escape, so that `\\ud800` is not taken for one. */
const escapes =
  /\\u[dD][89abAB][0-9a-fA-F]{2}\\u[dD][c-fC-F][0-9a-fA-F]{2}|\\u[dD][89a-fA-F][0-9a-fA-F]{2}|\\[^]/g;

const isLoneSurrogate = (escape: string): boolean => escape.length === 6;

const mendString = (text: string): string =>
  text.replace(escapes, (escape) => (isLoneSurrogate(escape) ? '\\ufffd' : escape));

/** An even number of backslashes before the quote: it ends the string. */
const endsString = (text: string, quote: number): boolean => {
  let before = quote;
  while (text[before - 1] === '\\') before -= 1;
  return (quote - before) % 2 === 0;
};

/** Where the string that opens at `open` is over; the text's end if it never is. */
const findStringEnd = (text: string, open: number): number => {
  for (let at = text.indexOf('"', open + 1); at !== -1; at = text.indexOf('"', at + 1)) {
    if (endsString(text, at)) return at + 1;
  }
  return text.length;
};

/**
 * The record's text, so that DuckDB's JSON functions read every field as it stands: long numbers become strings of the
 * same characters, and lone surrogates, which are no Unicode, become U+FFFD. Only ever used to compute columns: what
 * is stored is the record as received.
 */
export const rewriteRecord = (text: string): string => {
  const parts: string[] = [];
  let from = 0;
  starts.lastIndex = 0;
  for (let start = starts.exec(text); start !== null; start = starts.exec(text)) {
    const isString = start[0] === '"';
    const to = isString ? findStringEnd(text, start.index) : starts.lastIndex;
    const token = text.slice(start.index, to);
    parts.push(text.slice(from, start.index), isString ? mendString(token) : `"${token}"`);
    from = to;
    starts.lastIndex = to;
  }
  return parts.join('') + text.slice(from);
};
