import type { RawType } from '../raw-table.ts';
import type { StateColumn } from '../state-tables.ts';

/** DuckDB's types of the columns of raw tables. Decimals take 29 digits before the point and 9 after it. */
export const columnTypes: Readonly<Record<RawType, string>> = {
  int64: 'BIGINT',
  decimal: 'DECIMAL(38,9)',
  decimalText: 'DECIMAL(38,9)',
  float64: 'DOUBLE',
  bool: 'BOOLEAN',
  string: 'VARCHAR',
  timestamp: 'TIMESTAMPTZ',
};

/** DuckDB's types of the columns of state tables. */
export const stateTypes: Readonly<Record<StateColumn['type'], string>> = {
  text: 'VARCHAR',
  integer: 'BIGINT',
  boolean: 'BOOLEAN',
  instant: 'TIMESTAMPTZ',
};
