import { readConfig } from '../config.ts';
import type { WantedDates } from '../pipeline/kpis/choose-dates.ts';
import { assertBuilt, type MartDeps } from '../pipeline/kpis/read-mart.ts';
import { replaceFile } from '../publish/replace-file.ts';
import { readReport } from '../report/read-report.ts';
import { renderReport } from '../report/render-report.ts';
import { servicetitanEntities } from '../sources/servicetitan/servicetitan-entities.ts';
import type { Io } from './io.ts';
import { openWarehouse } from './open-pipeline.ts';
import { sqlDir } from './package-paths.ts';
import { readDate } from './run-kpis.ts';

export type ReportArguments = { from: string | undefined; to: string | undefined; out: string };

export type ReportPlace = { out: string; timeZone: string; now: string };

/** Writes the page of built marts to a file. */
export const writeReport = async (
  deps: MartDeps,
  wanted: WantedDates,
  { out, timeZone, now }: ReportPlace,
): Promise<number> => {
  await assertBuilt(deps, ['st_mart.daily_kpis', 'st_mart.weekly_kpis']);
  const entities = servicetitanEntities;
  const report = await readReport(deps, { wanted, entities, sqlDir, timeZone, now });
  const page = renderReport(report);
  return replaceFile(out, (stream) => {
    stream.end(page);
    return Promise.resolve();
  });
};

/** `fieldmart report`: the week's KPIs as one HTML page. */
export const runReport = async (args: ReportArguments, io: Io): Promise<number> => {
  const { from = null, to = null, out } = args;
  if (from !== null) readDate(from, '--from');
  if (to !== null) readDate(to, '--to');
  const config = readConfig(io.env);
  const { tenantId, timeZone } = config;
  const warehouse = await openWarehouse(config, io);
  try {
    await warehouse.prepare(servicetitanEntities);
    const now = io.now().toISOString();
    const deps = { warehouse, tenantId };
    const bytes = await writeReport(deps, { from, to }, { out, timeZone, now });
    io.summarize({ bytes });
    io.out(`${out}: ${bytes.toLocaleString('en-US')} bytes; open it in any browser`);
    return 0;
  } finally {
    await warehouse.close();
  }
};
