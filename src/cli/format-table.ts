/** A table for a terminal: numbers to the right, everything else to the left, no line longer than it must be. */
export const formatTable = (
  columns: readonly string[],
  rows: readonly (readonly (string | number | null)[])[],
): string => {
  const cells = rows.map((row) =>
    row.map((value) =>
      typeof value === 'number' ? value.toLocaleString('en-US') : (value ?? '–'),
    ),
  );
  const widths = columns.map((column, index) =>
    Math.max(column.length, ...cells.map((row) => row[index]?.length ?? 0)),
  );
  const isNumeric = columns.map(
    (_, index) => rows.length > 0 && rows.every((row) => typeof row[index] !== 'string'),
  );
  const line = (texts: readonly string[]): string =>
    texts
      .map((text, index) => {
        const width = widths[index] ?? 0;
        return isNumeric[index] === true ? text.padStart(width) : text.padEnd(width);
      })
      .join('  ')
      .trimEnd();
  return [line(columns), line(widths.map((width) => '─'.repeat(width))), ...cells.map(line)].join(
    '\n',
  );
};
