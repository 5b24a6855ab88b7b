import type { Session } from '../engine/open-database.ts';
import { Refusal, refusals } from '../refusals.ts';
import { toField } from '../values/field.ts';
import { readParameters } from '../values/parameters.ts';
import { parseScript, type Statement } from '../sql/parse-script.ts';
import type { Estimate } from '../sql/estimate-plan.ts';
import type { Changed, ResultSet } from '../sql/plan.ts';
import { isScript, runScript, slotMsOf, type Report } from '../sql/run-script.ts';
import type { Run } from '../sql/run.ts';
import type { World } from '../world.ts';
import type { QueryConfiguration } from './configuration.ts';

/** What a query job leaves behind. */
export type QueryOutcome = {
  statistics: Record<string, unknown>;
  result: ResultSet | undefined;
  children: Report[];
};

export type QueryDeps = {
  world: World;
  session: Session;
  location: string;
  isDry: boolean;
  /** Called before each statement with its text; may wait, and may refuse. */
  before: (text: string) => Promise<void>;
};

const sumChanged = (reports: readonly Report[]): Changed | undefined => {
  const all = reports.flatMap(({ outcome }) => outcome.changed ?? []);
  const sum = (name: keyof Changed): number => all.reduce((total, one) => total + one[name], 0);
  if (all.length === 0) return undefined;
  return { inserted: sum('inserted'), updated: sum('updated'), deleted: sum('deleted') };
};

const writeChanged = (changed: Changed | undefined): Record<string, unknown> => {
  if (changed === undefined) return {};
  const { inserted, updated, deleted } = changed;
  return {
    numDmlAffectedRows: String(inserted + updated + deleted),
    dmlStats: {
      insertedRowCount: String(inserted),
      updatedRowCount: String(updated),
      deletedRowCount: String(deleted),
    },
  };
};

const slotMs = (bytes: bigint): string => String(slotMsOf(bytes));

const sumBytes = (reports: readonly Report[], name: 'bytesProcessed' | 'bytesBilled'): bigint =>
  reports.reduce((total, { estimate }) => total + estimate[name], 0n);

/** `statistics` of a job that did what the reports say. */
export const writeStatistics = (
  statementType: string,
  reports: readonly Report[],
  isDry: boolean,
): Record<string, unknown> => {
  const processed = String(sumBytes(reports, 'bytesProcessed'));
  const billed = isDry ? '0' : String(sumBytes(reports, 'bytesBilled'));
  const last = reports.at(-1);
  const isSingle = statementType !== 'SCRIPT';
  const columns = isDry && isSingle ? last?.plan.columns : undefined;
  const tables = reports.flatMap(({ estimate }) => estimate.tables.map(({ ref }) => ref));
  const target = isSingle ? last?.plan.target : undefined;
  const operation = isSingle ? last?.outcome.operation : undefined;
  return {
    totalBytesProcessed: processed,
    ...(isDry ? {} : { totalSlotMs: slotMs(sumBytes(reports, 'bytesProcessed')) }),
    query: {
      statementType,
      totalBytesProcessed: processed,
      totalBytesBilled: billed,
      ...(isDry ? { totalBytesProcessedAccuracy: 'PRECISE' } : {}),
      ...(isDry ? {} : { totalSlotMs: slotMs(sumBytes(reports, 'bytesProcessed')) }),
      cacheHit: false,
      ...(isSingle ? writeChanged(sumChanged(reports)) : {}),
      ...(isSingle ? { referencedTables: tables } : {}),
      ...(target === undefined ? {} : { ddlTargetTable: target }),
      ...(operation === undefined ? {} : { ddlOperationPerformed: operation }),
      ...(columns === undefined ? {} : { schema: { fields: columns.map(toField) } }),
    },
  };
};

/** @throws Refusal when one statement, or all so far, would cost more than the caller allows. */
const createBudget = (query: QueryConfiguration, isDry: boolean) => {
  const limits = {
    total: query.maximumBytesBilled,
    statement: query.scriptOptions?.statementByteBudget,
  };
  let spent = 0n;
  return ({ bytesBilled }: Estimate): void => {
    const next = spent + bytesBilled;
    const over = (limit: string | undefined, needed: bigint) => {
      if (limit === undefined || needed <= BigInt(limit)) return;
      throw new Refusal(
        'bytesBilledLimitExceeded',
        `Query exceeded limit for bytes billed: ${limit}. ${needed} or higher required.`,
      );
    };
    if (!isDry) {
      over(limits.statement, bytesBilled);
      over(limits.total, next);
    }
    spent = next;
  };
};

const createRun = (
  deps: QueryDeps,
  query: QueryConfiguration,
  statements: readonly Statement[],
): Run => ({
  world: deps.world,
  session: deps.session,
  text: query.query,
  location: deps.location,
  defaultDataset: query.defaultDataset?.datasetId,
  parameters: readParameters(query.queryParameters ?? []),
  variables: new Map(),
  system: new Map(),
  temporary: new Map(),
  transaction: undefined,
  isScript: isScript(statements),
  isDry: deps.isDry,
});

/** The rows that the API gives for the job: those of the last statement that is a query or changes something. */
const lastResult = (reports: readonly Report[]): ResultSet | undefined =>
  reports.filter(({ kind, plan }) => kind === 'STATEMENT' && plan.statementType !== 'ASSERT').at(-1)
    ?.outcome.result;

/**
 * Runs the text of a query job.
 * @throws Refusal.
 */
export const runQuery = async (
  deps: QueryDeps,
  query: QueryConfiguration,
): Promise<QueryOutcome> => {
  if ((query.parameterMode ?? 'NAMED').toUpperCase() !== 'NAMED') {
    throw refusals.unsupported('positional parameters');
  }
  const statements = parseScript(query.query);
  const run = createRun(deps, query, statements);
  const reports: Report[] = [];
  await runScript(run, statements, {
    before: deps.before,
    afford: createBudget(query, deps.isDry),
    report: (report) => reports.push(report),
  });
  const own = reports.at(-1)?.plan.statementType ?? 'SCRIPT';
  const statementType = run.isScript ? 'SCRIPT' : own;
  return {
    statistics: writeStatistics(statementType, reports, deps.isDry),
    result: lastResult(reports),
    children: run.isScript && !deps.isDry ? reports : [],
  };
};
