import { quoteInstant, quoteText } from './googlesql-text.ts';

/** A value to write as a literal, with its type: NULL has one too. */
export type Literal =
  | { type: 'string'; value: string | null }
  | { type: 'int64'; value: number | null }
  /** A decimal number as text. */
  | { type: 'numeric'; value: string | null }
  | { type: 'bool'; value: boolean | null }
  | { type: 'timestamp'; value: string | null };

/** The literal in SQL. */
export const writeLiteral = ({ type, value }: Literal): string => {
  if (value === null) return `cast(null as ${type})`;
  if (type === 'string') return quoteText(value);
  if (type === 'numeric') return `numeric ${quoteText(value)}`;
  return type === 'timestamp' ? quoteInstant(value) : String(value);
};

/** Rows given in the SQL itself, as a subquery: all of the same columns, at least one. */
export const literalRows = (rows: readonly Readonly<Record<string, Literal>>[]): string => {
  const selects = rows.map((row) =>
    Object.entries(row)
      .map(([name, literal]) => `${writeLiteral(literal)} as \`${name}\``)
      .join(', '),
  );
  return `(\n  select ${selects.join('\n  union all select ')}\n)`;
};
