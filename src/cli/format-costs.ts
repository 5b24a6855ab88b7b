import { formatNanos, roundNanos } from '../pipeline/decimals.ts';
import type { Cost, Costs } from '../pipeline/read-costs.ts';
import type { Row } from '../warehouses/warehouse.ts';
import { formatCsv } from './format-csv.ts';
import { formatTable } from './format-table.ts';

/** Decimals of a price for people: a single small job costs six hundred-thousandths of a dollar. */
const usdDecimals = 6;

/** What belongs to no entity is the run's own: control rows, records of runs, reading. */
const nameOf = (entity: string): string => (entity === '' ? '(the run)' : entity);

const pad = (usd: string): string => {
  const [whole = '', fraction = ''] = usd.split('.');
  return `${whole}.${fraction.padEnd(usdDecimals, '0')}`;
};

const cells = ({ jobs, bytesBilled, slotMs, usd }: Cost): string[] => [
  jobs.toLocaleString('en-US'),
  bytesBilled.toLocaleString('en-US'),
  slotMs.toLocaleString('en-US'),
  pad(formatNanos(roundNanos(usd, usdDecimals))),
];

/** Costs as a table, with the sum of all of it as its last line. */
export const formatCosts = ({ steps, total }: Costs, width?: number): string =>
  formatTable(
    ['entity', 'step', 'jobs', 'bytes billed', 'slot ms', 'USD'],
    [
      ...steps.map((step) => [nameOf(step.entity), step.step, ...cells(step)]),
      ['total', '', ...cells(total)],
    ],
    { right: [false, false, true, true, true, true], width, keys: 2 },
  );

const columns = ['entity', 'step', 'jobs', 'bytes_billed', 'slot_ms', 'usd'];

const toRow = (entity: string, step: string, cost: Cost): Row => ({
  ...{ entity, step, jobs: cost.jobs, bytes_billed: String(cost.bytesBilled) },
  ...{ slot_ms: String(cost.slotMs), usd: formatNanos(cost.usd) },
});

/** The same with every decimal of the price, and without the sum: a program adds up itself. */
export const formatCostsCsv = ({ steps }: Costs): string =>
  formatCsv(
    columns,
    steps.map((step) => toRow(step.entity, step.step, step)),
  );

const toJson = ({ jobs, bytesBilled, slotMs, usd }: Cost) => ({
  // Beyond what JSON's numbers hold exactly are nine petabytes.
  ...{ jobs, bytesBilled: Number(bytesBilled), slotMs: Number(slotMs), usd: formatNanos(usd) },
});

/** The same as JSON; prices are decimals as text. */
export const formatCostsJson = (
  { steps, total }: Costs,
  asked: { since: Date; usdPerTib: string },
): string =>
  JSON.stringify({
    since: asked.since.toISOString(),
    usdPerTib: asked.usdPerTib,
    steps: steps.map(({ entity, step, ...cost }) => ({ entity, step, ...toJson(cost) })),
    total: toJson(total),
  });
