import type { Control, Json } from '../model.ts';
import type { Row } from './warehouse.ts';

/** A row of `st_ops.cursors`, without its tenant, as both warehouses read it. */
export const toControl = (tenantId: string, row: Row): Control => ({
  tenantId,
  entity: String(row.entity),
  stream: String(row.stream),
  streamId: String(row.stream_id),
  version: Number(row.version),
  cursor: JSON.parse(String(row.cursor)) as Json,
  done: row.done === true,
  rowsStored: Number(row.rows_stored),
  updatedAt: String(row.updated_at),
});
