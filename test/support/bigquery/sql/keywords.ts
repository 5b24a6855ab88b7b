/** GoogleSQL's reserved words: none of them names a column or a table without back-ticks. */
export const reserved: ReadonlySet<string> = new Set(
  (
    'all and any array as asc assert_rows_modified at between by case cast collate contains create cross cube current ' +
    'default define desc distinct else end enum escape except exclude exists extract false fetch following for from ' +
    'full group grouping groups hash having if ignore in inner intersect interval into is join lateral left like limit ' +
    'lookup merge natural new no not null nulls of on or order outer over partition preceding proto qualify range ' +
    'recursive respect right rollup rows select set some struct tablesample then to treat true unbounded union unnest ' +
    'using when where window with within'
  ).split(' '),
);

/** Reserved words whose meaning the stand-in does not know. */
export const strange: ReadonlySet<string> = new Set(
  'assert_rows_modified collate contains create define enum exclude fetch for hash into lookup merge new no of proto set tablesample to treat within'.split(
    ' ',
  ),
);

/** Reserved words that call a function when a parenthesis follows. */
export const callable: ReadonlySet<string> = new Set([
  'if',
  'left',
  'right',
  'extract',
  'grouping',
]);

/** After these, FROM ends. */
export const afterFrom: ReadonlySet<string> = new Set([
  ...['where', 'group', 'having', 'qualify', 'order', 'limit', 'window', 'select', 'set'],
  ...['union', 'intersect', 'except'],
]);
