import type { Row, Warehouse } from '../warehouses/warehouse.ts';
import { divideRounded, parseNanos, type Nanos } from './decimals.ts';

/** What jobs were billed, and what that comes to. */
export type Cost = {
  jobs: number;
  /** Whole bytes: a job's billed bytes are rounded up by the warehouse, ten MiB for each table at the least. */
  bytesBilled: bigint;
  slotMs: bigint;
  /** Dollars, exact to nine decimals: of these bytes, and no sum of rounded ones. */
  usd: Nanos;
};

export type StepCost = Cost & {
  /** An entity or a model; '' for what a run does for none of them. */
  entity: string;
  /** `upload` is a load job, which is free. */
  step: string;
};

export type Costs = { steps: StepCost[]; total: Cost };

const tebibyte = 1n << 40n;

/**
 * Its lower bound is a literal, by which BigQuery leaves the partitions of earlier months unread.
 * @param since UTC instant as `Date` writes it.
 */
export const costsSql = (since: string): string => `
select
  entity,
  step,
  cast(sum(jobs) as int64) as jobs,
  cast(sum(bytes_billed) as int64) as bytes_billed,
  cast(sum(slot_ms) as int64) as slot_ms
from st_ops.costs
where ended_at >= timestamp '${since}'
group by entity, step
order by entity, step`;

const priceOf = (bytesBilled: bigint, usdPerTib: string): Nanos => {
  const price = parseNanos(usdPerTib);
  if (price === undefined) throw new Error(`${usdPerTib} is no price`);
  return divideRounded(bytesBilled * price, tebibyte);
};

const wholeOf = (row: Row, name: string): bigint => BigInt(String(row[name] ?? 0));

/**
 * What the jobs of all runs since an instant were billed, of all tenants that share the datasets, by entity and step.
 * @param options `since` is a UTC instant; `usdPerTib` a decimal as text.
 */
export const readCosts = async (
  warehouse: Pick<Warehouse, 'query'>,
  { since, usdPerTib }: { since: Date; usdPerTib: string },
): Promise<Costs> => {
  const rows = await warehouse.query(costsSql(since.toISOString()));
  const steps = rows.map((row): StepCost => {
    const bytesBilled = wholeOf(row, 'bytes_billed');
    return {
      ...{ entity: String(row.entity), step: String(row.step), jobs: Number(row.jobs) },
      ...{ bytesBilled, slotMs: wholeOf(row, 'slot_ms'), usd: priceOf(bytesBilled, usdPerTib) },
    };
  });
  const sum = (name: 'bytesBilled' | 'slotMs'): bigint =>
    steps.reduce((all, step) => all + step[name], 0n);
  const bytesBilled = sum('bytesBilled');
  return {
    steps,
    total: {
      jobs: steps.reduce((all, step) => all + step.jobs, 0),
      ...{ bytesBilled, slotMs: sum('slotMs'), usd: priceOf(bytesBilled, usdPerTib) },
    },
  };
};
