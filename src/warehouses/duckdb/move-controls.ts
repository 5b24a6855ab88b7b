import { WarehouseError } from '../../errors.ts';
import type { Batch } from '../../model.ts';
import type { Session } from './open-session.ts';

/** Batches of one stream, each read under the version that the one before it moves to. */
type Chain = { first: Batch; last: Batch; rows: number; length: number };

const nameOf = ({ tenantId, entity, stream }: Pick<Batch, 'tenantId' | 'entity' | 'stream'>) =>
  JSON.stringify([tenantId, entity, stream]);

const toChains = (batches: readonly Batch[], rejects: ReadonlyMap<string, number>) => {
  const chains = new Map<string, Chain>();
  const broken = new Set<Batch>();
  for (const batch of batches) {
    const name = nameOf(batch);
    const rows = batch.rows - (rejects.get(batch.loadId) ?? 0);
    const chain = chains.get(name);
    if (chain === undefined) {
      chains.set(name, { first: batch, last: batch, rows, length: 1 });
    } else if (batch.version === chain.last.version + 1) {
      chains.set(name, {
        first: chain.first,
        last: batch,
        rows: chain.rows + rows,
        length: chain.length + 1,
      });
    } else {
      broken.add(batch);
    }
  }
  return { chains: [...chains.values()], broken };
};

/** Moves the chains' control rows; answers how many rows moved, by {@link nameOf} the stream. */
const moveChains = async (
  session: Session,
  chains: readonly Chain[],
  at: string,
): Promise<Map<string, number>> => {
  const rows = await session.readRows(
    `update st_ops.cursors as c
    set
      version = c.version + m.length, cursor = m.cursor, done = m.done,
      rows_stored = c.rows_stored + m.rows, updated_at = $at::timestamptz
    from (
      select
        unnest($tenant) as tenant_id, unnest($entity) as entity, unnest($stream) as stream,
        unnest($version) as version, unnest($length) as length, unnest($cursor) as cursor,
        unnest($done) as done, unnest($rows) as rows
    ) as m
    where c.tenant_id = m.tenant_id and c.entity = m.entity and c.stream = m.stream and c.version = m.version
    returning c.tenant_id, c.entity, c.stream`,
    {
      tenant: chains.map(({ first }) => first.tenantId),
      entity: chains.map(({ first }) => first.entity),
      stream: chains.map(({ first }) => first.stream),
      version: chains.map(({ first }) => first.version),
      length: chains.map(({ length }) => length),
      cursor: chains.map(({ last }) => JSON.stringify(last.cursorTo)),
      done: chains.map(({ last }) => last.done),
      rows: chains.map((chain) => chain.rows),
      at,
    },
  );
  const moved = new Map<string, number>();
  for (const row of rows) {
    const name = nameOf({
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
  const late = batches.find((batch) => broken.has(batch) || moved.get(nameOf(batch)) !== 1);
  if (late === undefined) return;
  throw new WarehouseError(
    `Cannot commit ${late.entity} (${late.stream}): another run is writing it, its control row is no longer at ` +
      `version ${late.version}; wait for that run to end and repeat the command`,
  );
};
