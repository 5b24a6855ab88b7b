import type { Batch } from '../../model.ts';
import { explainLate, nameOfStream, toChains, type Chain } from '../chains.ts';
import { quoteText } from '../sql-text.ts';
import { rowsSql } from './literals.ts';
import type { Session } from './open-session.ts';

/** Moves the chains' control rows; answers how many rows moved, by {@link nameOfStream} the stream. */
const moveChains = async (
  session: Session,
  chains: readonly Chain[],
  at: string,
): Promise<Map<string, number>> => {
  const moves = rowsSql({
    tenant_id: chains.map(({ first }) => first.tenantId),
    entity: chains.map(({ first }) => first.entity),
    stream: chains.map(({ first }) => first.stream),
    version: chains.map(({ first }) => first.version),
    length: chains.map(({ length }) => length),
    cursor: chains.map(({ last }) => JSON.stringify(last.cursorTo)),
    done: chains.map(({ last }) => last.done),
    rows: chains.map((chain) => chain.rows),
  });
  const rows = await session.readRows(
    `update st_ops.cursors as c
    set
      version = c.version + m.length, cursor = m.cursor, done = m.done,
      rows_stored = c.rows_stored + m.rows, updated_at = ${quoteText(at)}::timestamptz
    from ${moves} as m
    where c.tenant_id = m.tenant_id and c.entity = m.entity and c.stream = m.stream and c.version = m.version
    returning c.tenant_id, c.entity, c.stream`,
  );
  const moved = new Map<string, number>();
  for (const row of rows) {
    const name = nameOfStream({
      tenantId: String(row.tenant_id),
      entity: String(row.entity),
      stream: String(row.stream),
    });
    moved.set(name, (moved.get(name) ?? 0) + 1);
  }
  return moved;
};

/**
 * The fence: moves each batch's control row from the batch's version to the next. Belongs into a transaction, which an
 * error rolls back.
 * @param rejects Rejected records by load id.
 * @throws WarehouseError when the control row of a batch is at another version.
 */
export const moveControls = async (
  session: Session,
  batches: readonly Batch[],
  rejects: ReadonlyMap<string, number>,
  at: string,
): Promise<void> => {
  const { chains, broken } = toChains(batches, rejects);
  const moved = await moveChains(session, chains, at);
  const late = batches.find((batch) => broken.has(batch) || moved.get(nameOfStream(batch)) !== 1);
  if (late !== undefined) throw explainLate(late);
};
