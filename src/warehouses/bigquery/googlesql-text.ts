import { datasets, namesAndComments, replaceOutside } from '../sql-text.ts';

/** Where staging tables stand, and what a build makes before it is published: nothing in it outlives three days. */
export const stageDataset = 'st_stage';

/** Every dataset of a warehouse in BigQuery. */
export const allDatasets = [...datasets, stageDataset] as const;

const literals = `'(?:[^'\\\\]|\\\\[\\s\\S])*'|"(?:[^"\\\\]|\\\\[\\s\\S])*"|${namesAndComments}`;

/** A column's name between back-ticks: it may be a word of the language, like `order`. */
export const quoteColumn = (name: string): string => {
  if (!/^\w+$/.test(name)) throw new Error(`No column of ours is named ${name}`);
  return `\`${name}\``;
};

const escape = (character: string): string =>
  character === '\\' || character === "'"
    ? `\\${character}`
    : `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`;

/** A text literal. What is no Unicode (half a surrogate pair) becomes U+FFFD, as it would on its way. */
export const quoteText = (text: string): string =>
  `'${Buffer.from(text)
    .toString('utf8')
    .replace(/[\\'\p{Cc}]/gu, escape)}'`;

/** A TIMESTAMP literal of an instant in UTC. */
export const quoteInstant = (at: string): string => `timestamp ${quoteText(at)}`;

/** Several texts, for `in (…)`. */
export const quoteTexts = (texts: readonly string[]): string => texts.map(quoteText).join(', ');

const tables = `\\b(?:${allDatasets.join('|')})\\.\\w+`;

/** Puts in place of each table that the SQL names (`st_raw.raw_jobs`) what `rename` says, but not inside literals and comments. */
export const renameTables = (sql: string, rename: (table: string) => string): string =>
  replaceOutside(sql, { literals, pattern: tables }, rename);

/** Words that may follow a table in FROM, and are no alias of it. */
const afterTables = new Set(
  (
    'cross except for full group having inner intersect join lateral left limit natural on order pivot qualify right ' +
    'tablesample union unpivot using when where window'
  ).split(' '),
);

const lastPart = (table: string): string => table.slice(table.indexOf('.') + 1);

/**
 * The same for the tables that a query reads. One that has no alias is still called by its own name in the query, so it
 * gets that name as alias.
 */
export const renameSources = (sql: string, rename: (table: string) => string): string =>
  replaceOutside(sql, { literals, pattern: `${tables}(?:\\s+\\w+)?` }, (found) => {
    const [, table = '', rest = '', word = ''] = /^(\S+)(\s+(\w+))?$/.exec(found) ?? [];
    const renamed = rename(table);
    const isAlias = word !== '' && !afterTables.has(word.toLowerCase());
    return renamed === table || isAlias
      ? renamed + rest
      : `${renamed} as ${lastPart(table)}${rest}`;
  });

/** Names of the parameters (`@name`) in the SQL. */
export const findParameters = (sql: string): string[] => {
  const names = new Set<string>();
  replaceOutside(sql, { literals, pattern: '@@?[A-Za-z_]\\w*' }, (found) => {
    if (!found.startsWith('@@')) names.add(found.slice(1));
    return found;
  });
  return [...names];
};
