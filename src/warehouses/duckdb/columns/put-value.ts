import type { ColumnBuffer } from './buffers.ts';

/** In place of the place after a value: it is not one that is read here. */
export const notPlain = -1;

/**
 * Reads the JSON value that begins at `at` into a column, as the value of a row.
 * @returns the place after it, or {@link notPlain}.
 */
export type PutValue = (column: ColumnBuffer, row: number, bytes: Buffer, at: number) => number;
