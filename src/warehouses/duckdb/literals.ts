import { quoteText } from '../sql-text.ts';

type Literal = string | number | boolean | null;

const literalSql = (value: Literal): string =>
  typeof value === 'string' ? quoteText(value) : String(value);

/**
 * A list as a literal, for values of our own. Texts of others go in parameters, since a NUL among them would end the
 * statement; but a statement with parameters is run in three steps, and before each the program reads on.
 */
export const listSql = (values: readonly Literal[]): string =>
  `[${values.map(literalSql).join(', ')}]`;

/** A relation with these columns, a literal list of values each. */
export const rowsSql = (columns: Readonly<Record<string, readonly Literal[]>>): string =>
  `(select ${Object.entries(columns)
    .map(([name, values]) => `unnest(${listSql(values)}) as ${name}`)
    .join(', ')})`;
