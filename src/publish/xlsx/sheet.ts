import type { Value } from '../../warehouses/warehouse.ts';

/** What a column's cells are. Dates are local, instants UTC; money and percentages come as exact text. */
export type Holds = 'text' | 'id' | 'count' | 'money' | 'percent' | 'date' | 'instant';

export type SheetColumn = {
  name: string;
  holds: Holds;
  /** In characters. */
  width: number;
};

/** One sheet: a line of heads, then the rows, a value for each column. */
export type Sheet = {
  name: string;
  columns: readonly SheetColumn[];
  rows: AsyncIterable<Value[][]> | Iterable<Value[][]>;
};
