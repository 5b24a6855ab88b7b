import { readChecks } from '../../../../../src/pipeline/read-checks.ts';
import { readModels } from '../../../../../src/pipeline/read-models.ts';
import { servicetitanEntities } from '../../../../../src/sources/servicetitan/index.ts';
import type { Warehouse } from '../../../../../src/warehouses/warehouse.ts';
import { billCommits } from './billed-commits.ts';
import { billQuery, type Bill } from './billed-queries.ts';
import { billedMib, mebibyte, readSizes, sumBytes, type Sizes } from './logical-bytes.ts';
import { runCompany, type Company, type Seen, type Span } from './run-company.ts';

type Figures = Record<string, number>;

const sum = (numbers: readonly number[]): number => numbers.reduce((a, b) => a + b, 0);

const measureBackfill = ({ backfill }: Company): Figures => {
  const full = backfill.batches.filter(({ rows }) => rows > 0);
  return {
    backfill_requests: backfill.requests,
    backfill_records: sum(full.map(({ rows }) => rows)),
    backfill_mib: sum(full.map(({ bytes }) => bytes)) / mebibyte,
    backfill_batches: full.length,
    backfill_commits: backfill.commits,
  };
};

/** Of one sync, in the mean. */
const measureSyncs = async (
  { warehouse }: Company,
  sizes: Sizes,
  name: string,
  seen: readonly Seen[],
): Promise<Figures> => {
  const batches = seen.flatMap((one) => one.batches);
  const billed = await billCommits(warehouse, sizes, servicetitanEntities, batches);
  const mean = (total: number): number => total / Math.max(1, seen.length);
  return {
    [`${name}_requests`]: mean(sum(seen.map(({ requests }) => requests))),
    [`${name}_records`]: mean(sum(batches.map(({ rows }) => rows))),
    [`${name}_mib`]: mean(sum(batches.map(({ bytes }) => bytes)) / mebibyte),
    [`${name}_batches`]: mean(batches.filter(({ rows }) => rows > 0).length),
    [`${name}_commits`]: mean(sum(seen.map(({ commits }) => commits))),
    [`${name}_sets`]: mean(batches.filter(({ scope }) => scope !== null).length),
    [`${name}_marks`]: mean(billed.marks),
    [`${name}_merge_mib`]: mean(billed.mergeMib),
    [`${name}_set_mib`]: mean(billed.setMib),
  };
};

const billAll = async (
  { warehouse }: Company,
  sizes: Sizes,
  queries: readonly { sql: string }[],
): Promise<Bill> => {
  const all: Bill = { readMib: 0, billedMib: 0 };
  for (const { sql } of queries) {
    const bill = await billQuery(warehouse, sizes, sql);
    all.readMib += bill.readMib;
    all.billedMib += bill.billedMib;
  }
  return all;
};

const measureBuild = async (company: Company, sizes: Sizes): Promise<Figures> => {
  const models = await readModels('sql');
  const ofModels = await billAll(company, sizes, models);
  const ofChecks = await billAll(company, sizes, await readChecks('sql'));
  const histories = models.filter(({ historyColumn }) => historyColumn !== null);
  const tables = models.map(({ name }) => sumBytes(sizes, name));
  return {
    models_mib: ofModels.billedMib,
    checks_mib: ofChecks.billedMib,
    publish_mib: sum(tables.map(billedMib)),
    build_read_mib: ofModels.readMib + ofChecks.readMib + sum(tables) / mebibyte,
    tables_mib: sum(tables) / mebibyte,
    snapshot_mib: sum(histories.map(({ name }) => sumBytes(sizes, name))) / mebibyte,
  };
};

const countRows = async (warehouse: Warehouse, table: string): Promise<number> => {
  const [row] = await warehouse.query(`select count(*) as n from ${table}`);
  return Number(row?.n ?? 0);
};

/** What the ledger is asked for a load by. */
const ledgerKeys = new Set(['tenant_id', 'entity', 'load_id']);

const measureTables = async ({ warehouse }: Company, sizes: Sizes): Promise<Figures> => {
  const ledgerRows = await countRows(warehouse, 'st_ops.ledger');
  return {
    raw_mib:
      sum(servicetitanEntities.map(({ table }) => sumBytes(sizes, `st_raw.${table}`))) / mebibyte,
    ledger_row_bytes: sumBytes(sizes, 'st_ops.ledger') / Math.max(1, ledgerRows),
    ledger_key_bytes: sumBytes(sizes, 'st_ops.ledger', ledgerKeys) / Math.max(1, ledgerRows),
  };
};

/** What docs/scaling.md computes with: figures of an invented company, by name. */
export const measure = async (span: Span): Promise<Figures> => {
  const company = await runCompany(span);
  try {
    const sizes = await readSizes(company.warehouse);
    return {
      ...measureBackfill(company),
      ...(await measureSyncs(company, sizes, 'hour', company.hours)),
      ...(await measureSyncs(company, sizes, 'day', company.days)),
      quiet_requests: company.quiet.requests,
      ...(await measureTables(company, sizes)),
      ...(await measureBuild(company, sizes)),
    };
  } finally {
    await company.close();
  }
};
