import { performance } from 'node:perf_hooks';
import { describeSqlFailure, exitCodeOf, Stopped, WarehouseError } from '../errors.ts';
import type { BuildRow, BuiltTable, Warehouse } from '../warehouses/warehouse.ts';
import { shiftInstant } from './local-dates.ts';
import type { Model } from './read-models.ts';

/** Writes into `st_ops.builds` how each model of a build fared. */
export type BuildRecord = {
  published: (tables: readonly BuiltTable[]) => Promise<void>;
  /** The model that failed, if it was one, or a stop; nothing of the build was published. */
  failed: (error: unknown) => Promise<void>;
};

type Fared = Pick<BuildRow, 'outcome' | 'rows' | 'durationMs' | 'message' | 'exitCode'>;

const nothing = { rows: null, durationMs: null, message: '' };

/** @param build `now` is the UTC instant at which the build begins: this one. `buildId` names it. */
export const openBuildRecord = (
  models: readonly Model[],
  build: { warehouse: Warehouse; tenantId: string; now: string; buildId: string },
): BuildRecord => {
  const { warehouse, tenantId, now, buildId } = build;
  const startedAt = performance.now();
  const write = async (fared: (model: string) => Fared): Promise<void> => {
    const endedAt = shiftInstant(now, Math.round(performance.now() - startedAt));
    const toRow = ({ name, sha256 }: Model): BuildRow => ({
      ...{ buildId, tenantId, model: name, sqlSha256: sha256, startedAt: now, endedAt },
      ...fared(name),
    });
    await warehouse.recordBuilds(models.map(toRow));
  };
  return {
    published: (tables) =>
      write((model) => {
        const { rows, durationMs } = tables.find(({ table }) => table === model) ?? nothing;
        return { outcome: 'ok', rows, durationMs, message: '', exitCode: 0 };
      }),
    failed: async (error) => {
      const other = error instanceof Stopped ? 'stopped' : 'not published';
      const table = error instanceof WarehouseError ? error.table : undefined;
      const message = describeSqlFailure(error);
      try {
        await write((model) => {
          const outcome = model === table ? 'failed' : other;
          return { ...nothing, outcome, message, exitCode: exitCodeOf(error) };
        });
      } catch {
        // A warehouse that failed the build may fail here again: the first failure is the one to report.
      }
    },
  };
};
