import type { Batch, Drift } from '../model.ts';

/** Drift of one tenant's records. */
export type TenantDrift = Drift & { tenantId: string };

/** What the source saw in the records of the batches. */
export const driftOfPages = (batches: readonly Batch[]): TenantDrift[] =>
  batches.flatMap(({ tenantId, pages }) =>
    pages.flatMap(({ drift = [] }) => drift.map((one) => ({ tenantId, ...one }))),
  );

/** Counts of the same tenant, field and kind together. */
export const sumDrift = (drift: readonly TenantDrift[]): TenantDrift[] => {
  const sums = new Map<string, TenantDrift>();
  for (const { tenantId, field, kind, count } of drift) {
    const name = JSON.stringify([tenantId, field, kind]);
    const sum = count + (sums.get(name)?.count ?? 0);
    sums.set(name, { tenantId, field, kind, count: sum });
  }
  return [...sums.values()];
};
