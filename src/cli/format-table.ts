/** How a table is laid out; everything can be left to the table. */
export type TableLayout = {
  /** Whether each column goes to the right. Left out: columns of numbers do. */
  right?: readonly boolean[];
  /** Characters of a line. A wider table is cut into several, one below the other. Left out: no limit. */
  width?: number | undefined;
  /** How many of the first columns each of those repeats. Default 1. */
  keys?: number;
};

type Column = { head: string; cells: string[]; width: number; right: boolean };

const gap = '  ';

const toText = (value: string | number | null): string =>
  typeof value === 'number' ? value.toLocaleString('en-US') : (value ?? '–');

const formatBlock = (columns: readonly Column[], rows: number): string => {
  const line = (textOf: (column: Column) => string): string =>
    columns
      .map((column) => {
        const text = textOf(column);
        return column.right ? text.padStart(column.width) : text.padEnd(column.width);
      })
      .join(gap)
      .trimEnd();
  return [
    line(({ head }) => head),
    line(({ width }) => '─'.repeat(width)),
    ...Array.from({ length: rows }, (_, row) => line(({ cells }) => cells[row] ?? '')),
  ].join('\n');
};

const widthOf = (columns: readonly Column[]): number =>
  columns.reduce((sum, { width }) => sum + width + gap.length, -gap.length);

/** The columns of each block: the keys, then as many others as there is room for, and at least one. */
const cut = (columns: readonly Column[], keys: number, width: number): Column[][] => {
  const first = columns.slice(0, keys);
  const blocks: Column[][] = [];
  for (const column of columns.slice(keys)) {
    const last = blocks.at(-1);
    if (last !== undefined && widthOf([...last, column]) <= width) last.push(column);
    else blocks.push([...first, column]);
  }
  return blocks.length === 0 ? [first] : blocks;
};

/** A table for a terminal: numbers to the right, everything else to the left, no line longer than it must be. */
export const formatTable = (
  heads: readonly string[],
  rows: readonly (readonly (string | number | null)[])[],
  { right, width = Infinity, keys = 1 }: TableLayout = {},
): string => {
  const columns = heads.map((head, index): Column => {
    const cells = rows.map((row) => toText(row[index] ?? null));
    const isNumeric = rows.length > 0 && rows.every((row) => typeof row[index] !== 'string');
    return {
      head,
      cells,
      width: Math.max(head.length, ...cells.map(({ length }) => length)),
      right: right?.[index] ?? isNumeric,
    };
  });
  return cut(columns, keys, width)
    .map((block) => formatBlock(block, rows.length))
    .join('\n\n');
};
