import type { MartDeps } from '../kpis/read-mart.ts';

/** Since when the numbers stand. Instants are UTC ISO 8601. */
export type SourceState = {
  /** When the last sync or backfill that went well began, of any entity; null before the first. */
  readAt: string | null;
  /** When the build began that published the tables; null before the first. */
  builtAt: string | null;
  /** Loads committed since that build: what they brought is in no table of the marts yet. */
  loadsSince: number;
};

const lastRead = `
  select max(started_at) as latest
  from st_ops.runs
  where tenant_id = @tenant and outcome = 'ok' and command in ('backfill', 'sync')`;

const lastBuild = `
  select max(started_at) as latest
  from st_ops.builds
  where tenant_id = @tenant and model = 'st_mart.daily_kpis' and outcome = 'ok'`;

const loadsSince = `
  select count(*) as n
  from st_ops.ledger
  where tenant_id = @tenant and committed_at > cast(@builtAt as timestamp)`;

/** When data were last read and tables last built. */
export const readSourceState = async ({ warehouse, tenantId }: MartDeps): Promise<SourceState> => {
  const at = async (sql: string): Promise<string | null> => {
    const [row] = await warehouse.query(sql, { tenant: tenantId });
    return typeof row?.latest === 'string' ? row.latest : null;
  };
  const builtAt = await at(lastBuild);
  if (builtAt === null) return { readAt: await at(lastRead), builtAt, loadsSince: 0 };
  const [row] = await warehouse.query(loadsSince, { tenant: tenantId, builtAt });
  return { readAt: await at(lastRead), builtAt, loadsSince: Number(row?.n ?? 0) };
};
