import { dirname } from 'node:path';
import { inspectEnvironment, variablesOf, type Inspected } from '../config.ts';
import { ConfigError } from '../errors.ts';
import { batchesOnDiskMin } from '../limits.ts';
import type { Examination } from '../model.ts';
import { examineClock } from '../pipeline/examine-clock.ts';
import { examineFolder } from '../pipeline/examine-folder.ts';
import { examine } from '../pipeline/examine.ts';
import { servicetitanEntities } from '../sources/servicetitan/servicetitan-entities.ts';
import { formatFindings } from './format-findings.ts';
import type { Io } from './io.ts';

type Examined = { examinations: Examination[]; close: () => Promise<void> };

const nothingToClose = (): Promise<void> => Promise.resolve();

/** One line for each variable that is at fault, or one for all. */
const examineVariables = ({ faults }: Inspected): Examination[] =>
  faults.length === 0
    ? [{ about: 'variables', look: () => Promise.resolve('all that is set is right') }]
    : faults.map(({ variable, message }) => ({
        about: variable,
        look: () => Promise.reject(new ConfigError(`Cannot use ${variable}: it ${message}`)),
      }));

/** What needs nothing else needs these variables. */
const needing = (
  { faults }: Inspected,
  names: readonly string[],
  examinations: readonly Examination[],
): Examination[] => {
  const needs = faults.map(({ variable }) => variable).filter((name) => names.includes(name));
  return examinations.map((one) => (one.needs === undefined ? { ...one, needs } : one));
};

const openSourceExaminations = async ({ config }: Inspected, io: Io): Promise<Examined> => {
  const { examineServiceTitan } = await import('../sources/servicetitan/examine.ts');
  const { examinations, readClock, close } = examineServiceTitan({
    ...config.source,
    tenantId: config.tenantId,
  });
  const now = (): number => io.now().getTime();
  return {
    examinations: [...examinations, examineClock({ of: 'ServiceTitan', readClock, now })],
    close,
  };
};

const openBigqueryExaminations = async ({ config }: Inspected, io: Io): Promise<Examined> => {
  const { examineBigquery } = await import('../warehouses/bigquery/examine.ts');
  const { datasetPrefix, bigquery } = config;
  const { examinations, readClock } = await examineBigquery(
    { ...bigquery, datasetPrefix, now: io.now },
    servicetitanEntities,
  );
  const now = (): number => io.now().getTime();
  const clock = { ...examineClock({ of: 'BigQuery', readClock, now }), needs: ['project'] };
  return { examinations: [...examinations, clock], close: nothingToClose };
};

const openDuckdbExaminations = async ({ config }: Inspected, io: Io): Promise<Examined> => {
  const { examineDuckdb } = await import('../warehouses/duckdb/examine.ts');
  const { duckdbPath: path, datasetPrefix } = config;
  const folder = examineFolder({
    ...{ about: 'database folder', path: dirname(path), variable: 'DUCKDB_PATH' },
    freeBytesMin: config.batchBytesMax * batchesOnDiskMin,
  });
  const file = examineDuckdb({ path, datasetPrefix, now: io.now });
  return {
    examinations: [folder, ...file.map((one) => ({ ...one, needs: [folder.about] }))],
    close: nothingToClose,
  };
};

const examineSpool = ({ config }: Inspected): Examination =>
  examineFolder({
    ...{ about: 'spool folder', path: config.spoolDir, variable: 'SPOOL_DIR' },
    freeBytesMin: config.batchBytesMax * batchesOnDiskMin,
  });

/**
 * `fieldmart doctor`: looks at everything that a run needs, one line each, and stops at nothing.
 * @returns the exit code of the first thing that is wrong.
 */
export const runDoctor = async (io: Io): Promise<number> => {
  const inspected = inspectEnvironment(io.env);
  const source = await openSourceExaminations(inspected, io);
  const warehouse =
    inspected.config.warehouse === 'bigquery'
      ? await openBigqueryExaminations(inspected, io)
      : await openDuckdbExaminations(inspected, io);
  try {
    const findings = await examine([
      ...examineVariables(inspected),
      ...needing(inspected, variablesOf.source, source.examinations),
      ...needing(inspected, variablesOf.spool, [examineSpool(inspected)]),
      ...needing(inspected, variablesOf.warehouse, warehouse.examinations),
    ]);
    io.out(io.json ? JSON.stringify(findings) : formatFindings(findings));
    return findings.find(({ verdict }) => verdict === 'wrong')?.exitCode ?? 0;
  } finally {
    await source.close();
    await warehouse.close();
  }
};
