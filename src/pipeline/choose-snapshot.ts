import type { Logger } from '../logger.ts';
import type { BuildPlan, Warehouse } from '../warehouses/warehouse.ts';
import { localDate } from './local-dates.ts';
import type { Model } from './read-models.ts';

/** ROWS alone is a keyword in GoogleSQL. */
const latestWritten = `
  select model, max(started_at) as started_at
  from st_ops.builds as builds
  where tenant_id = @tenant and outcome = 'ok' and builds.rows > 0
  group by model`;

type Build = {
  warehouse: Warehouse;
  tenant: { tenantId: string; timeZone: string };
  now: string;
  select: string | null;
  log: Logger;
};

const isHistory = ({ historyColumn }: Model): boolean => historyColumn !== null;

/**
 * Which snapshot a build writes: its date's. None if only some models are built, since a snapshot's records and its
 * numbers belong together; and none if a later date has one already: that of an earlier date never changes.
 */
export const chooseSnapshot = async (
  models: readonly Model[],
  { warehouse, tenant, now, select, log }: Build,
): Promise<BuildPlan['snapshot']> => {
  const { tenantId, timeZone } = tenant;
  const date = localDate(now, timeZone);
  const nobody = { tenantId: null, date };
  if (select !== null) return nobody;
  const histories = new Set(models.filter(isHistory).map(({ name }) => name));
  const written = await warehouse.query(latestWritten, { tenant: tenantId });
  const later = written
    .filter(({ model }) => histories.has(String(model)))
    .map((row) => localDate(String(row.started_at), timeZone))
    .filter((one) => one > date);
  if (later.length === 0) return { tenantId, date };
  log.warn('no snapshot is written: a later date has one', { date, later: later[0] });
  return nobody;
};
