import { readFile } from 'node:fs/promises';

/** A query of a page, and the tables it reads. */
export type PageQuery = { title: string; sql: string; tables: string[] };

const fence = /([^\n]*)\n\n```sql\n([^`]*)```/g;

/** The queries of docs/analysts.md, each under the sentence above it. */
export const readQueries = async (): Promise<PageQuery[]> => {
  const text = await readFile('docs/analysts.md', 'utf8');
  return [...text.matchAll(fence)].map(([, title = '', sql = '']) => ({
    title,
    sql: sql.trim(),
    tables: [...new Set(sql.match(/\bst_\w+\.\w+/g))],
  }));
};
