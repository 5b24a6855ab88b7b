import type { RawType } from '../raw-table.ts';
import type { StateColumn } from '../state-tables.ts';

/** BigQuery's types of the columns of raw tables. NUMERIC takes 29 digits before the point and 9 after it. */
export const columnTypes: Readonly<Record<RawType, string>> = {
  int64: 'INT64',
  decimal: 'NUMERIC',
  decimalText: 'NUMERIC',
  float64: 'FLOAT64',
  bool: 'BOOL',
  string: 'STRING',
  timestamp: 'TIMESTAMP',
};

/** BigQuery's types of the columns of state tables. */
export const stateTypes: Readonly<Record<StateColumn['type'], string>> = {
  text: 'STRING',
  integer: 'INT64',
  boolean: 'BOOL',
  instant: 'TIMESTAMP',
};
