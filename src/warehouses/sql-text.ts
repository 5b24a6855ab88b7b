/** Datasets of the project, as our SQL names them. */
export const datasets = ['st_raw', 'st_ref', 'st_dim', 'st_mart', 'st_ops'] as const;

/** A name between double quotes: any character is safe in it. */
export const quoteName = (name: string): string => `"${name.replaceAll('"', '""')}"`;

/** A text literal. */
export const quoteText = (text: string): string => `'${text.replaceAll("'", "''")}'`;

/** Replaces what matches a pattern, but for what matches one of `literals`: texts, quoted names, comments. */
export const replaceOutside = (
  sql: string,
  { literals, pattern }: { literals: string; pattern: string },
  replace: (found: string) => string,
): string =>
  sql.replace(new RegExp(`(${literals})|${pattern}`, 'g'), (found: string, literal?: string) =>
    literal === undefined ? replace(found) : found,
  );

/** Where SQL is not ours to read, as both engines see it. */
export const namesAndComments = '`[^`]*`|--[^\\n]*|/\\*[\\s\\S]*?\\*/';

const literals = `'(?:[^']|'')*'|"(?:[^"]|"")*"|${namesAndComments}`;

/** Puts the prefix before each dataset that the SQL names (`st_raw.` …), but not inside literals and comments. */
export const prefixDatasets = (sql: string, prefix: string): string =>
  replaceOutside(sql, { literals, pattern: `\\b(?:${datasets.join('|')})(?=\\.)` }, (dataset) =>
    quoteName(prefix + dataset),
  );

/** Rewrites named parameters `@name` as the engine wants them, and lists the names found. */
export const rewriteParameters = (
  sql: string,
  rewrite: (name: string) => string,
): { sql: string; names: string[] } => {
  const names = new Set<string>();
  const text = replaceOutside(sql, { literals, pattern: '@[A-Za-z_][A-Za-z0-9_]*' }, (found) => {
    names.add(found.slice(1));
    return rewrite(found.slice(1));
  });
  return { sql: text, names: [...names] };
};
