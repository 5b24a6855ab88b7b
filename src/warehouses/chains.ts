import { WarehouseError } from '../errors.ts';
import type { Batch } from '../model.ts';

/** Batches of one stream, each read under the version that the one before it moves to. */
export type Chain = { first: Batch; last: Batch; rows: number; length: number };

/** A stream as one text. */
export const nameOfStream = ({
  tenantId,
  entity,
  stream,
}: Pick<Batch, 'tenantId' | 'entity' | 'stream'>): string =>
  JSON.stringify([tenantId, entity, stream]);

/**
 * The batches as chains, one per stream, and those that continue none: their version is not the next.
 * @param rejects Rejected records by load id.
 */
export const toChains = (
  batches: readonly Batch[],
  rejects: ReadonlyMap<string, number>,
): { chains: Chain[]; broken: Set<Batch> } => {
  const chains = new Map<string, Chain>();
  const broken = new Set<Batch>();
  for (const batch of batches) {
    const name = nameOfStream(batch);
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

/** The control row of a batch is at another version. */
export const explainLate = ({ entity, stream, version }: Batch): WarehouseError =>
  new WarehouseError(
    `Cannot commit ${entity} (${stream}): another run is writing it, its control row is no longer at ` +
      `version ${version}; wait for that run to end and repeat the command`,
  );
