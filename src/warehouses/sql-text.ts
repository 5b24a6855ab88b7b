/** Datasets of the project, as our SQL names them. */
export const datasets = ['st_raw', 'st_ref', 'st_dim', 'st_mart', 'st_ops'] as const;

/** A name between double quotes: any character is safe in it. */
export const quoteName = (name: string): string => `"${name.replaceAll('"', '""')}"`;

/** A text literal. */
export const quoteText = (text: string): string => `'${text.replaceAll("'", "''")}'`;

const literals = [
  "'(?:[^']|'')*'",
  '"(?:[^"]|"")*"',
  '`[^`]*`',
  '--[^\\n]*',
  '/\\*[\\s\\S]*?\\*/',
].join('|');

const replaceOutsideLiterals = (
  sql: string,
  pattern: string,
  replace: (found: string) => string,
): string =>
  sql.replace(new RegExp(`(${literals})|${pattern}`, 'g'), (found: string, literal?: string) =>
    literal === undefined ? replace(found) : found,
  );

/** Puts the prefix before each dataset that the SQL names (`st_raw.` …), but not inside literals and comments. */
export const prefixDatasets = (sql: string, prefix: string): string =>
  replaceOutsideLiterals(sql, `\\b(?:${datasets.join('|')})(?=\\.)`, (dataset) =>
    quoteName(prefix + dataset),
  );

/** Rewrites named parameters `@name` as the engine wants them, and lists the names found. */
export const rewriteParameters = (
  sql: string,
  rewrite: (name: string) => string,
): { sql: string; names: string[] } => {
  const names = new Set<string>();
  const text = replaceOutsideLiterals(sql, '@[A-Za-z_][A-Za-z0-9_]*', (found) => {
    names.add(found.slice(1));
    return rewrite(found.slice(1));
  });
  return { sql: text, names: [...names] };
};
