import { WarehouseError } from '../../errors.ts';
import { bigqueryDoctorTimeoutMs, doctorAttemptsMax } from '../../limits.ts';
import type { Entity, Examination } from '../../model.ts';
import type { TableId } from './api.ts';
import { connect, isStandIn, type Address } from './connect.ts';
import { describeTables, tableLabels, type TableSpec } from './describe-tables.ts';
import { BigqueryFailure, readFailure } from './failure.ts';
import { allDatasets } from './googlesql-text.ts';
import { openSession, type BigqueryOptions } from './open-bigquery.ts';
import { checkLocation, checkTable } from './prepare.ts';
import { dryRunSql, explained } from './run-sql.ts';
import { toTableId, type Session } from './session.ts';

/** What can be looked at of one project; nothing is left behind, and nothing is billed. */
export type BigqueryExaminations = {
  examinations: Examination[];
  /**
   * BigQuery's clock, in milliseconds since 1970; undefined where it does not say.
   * @throws WarehouseError when it is out of reach.
   */
  readClock: () => Promise<number | undefined>;
};

/** What fieldmart does with the tables of its datasets; making and dropping them is tried. */
const tablePermissions = [
  'bigquery.tables.get',
  'bigquery.tables.getData',
  'bigquery.tables.update',
  'bigquery.tables.updateData',
];

/** A table that could not be dropped goes by itself. */
const trialLifeMs = 3_600_000;

const findAccount = async (address: Address): Promise<string> => {
  const { authClient } = await connect(address);
  try {
    await authClient.getAccessToken();
    const { client_email: email } = await authClient.getCredentials();
    return email === undefined ? 'application default credentials' : `those of ${email}`;
  } catch (error) {
    throw readFailure(error) ?? error;
  }
};

const examineDataset = (session: Session, dataset: string): Examination => {
  const name = session.datasetPrefix + dataset;
  return {
    about: `dataset ${name}`,
    needs: ['project'],
    look: () =>
      explained(session, `look at dataset ${name}`, async () => {
        const found = await session.api.getDataset(name);
        if (found === null) {
          throw new WarehouseError(
            `Cannot use dataset ${name}: it is not there; run fieldmart setup, or let someone with ` +
              'roles/bigquery.user on the project run it',
          );
        }
        checkLocation(session, name, found);
        return `is in ${found.location ?? session.address.location}`;
      }),
  };
};

const findMissing = async (session: Session, table: TableId): Promise<string | undefined> => {
  const granted = await session.api.testPermissions(table, tablePermissions);
  return tablePermissions.find((permission) => !granted.includes(permission));
};

/** A table is made, asked about and dropped: nobody can say beforehand what an account may do in a dataset. */
const examineRole = (session: Session, dataset: string, now: () => Date): Examination => {
  const name = session.datasetPrefix + dataset;
  return {
    about: `role on ${name}`,
    needs: [`dataset ${name}`],
    look: () =>
      explained(session, `work in dataset ${name}`, async () => {
        const table = { dataset: name, table: `doctor_${session.newId().replaceAll('-', '_')}` };
        await session.api.createTable(table, {
          description: 'A trial of fieldmart doctor; it can be dropped.',
          labels: tableLabels,
          schema: { fields: [{ name: 'nothing', type: 'STRING' }] },
          expirationTime: String(now().getTime() + trialLifeMs),
        });
        const missing = await findMissing(session, table);
        await session.api.deleteTable(table);
        if (missing === undefined) return 'may make, read, change and drop tables';
        const denied = `Permission ${missing} denied on table ${name}.${table.table}`;
        throw new BigqueryFailure(denied, { status: 403, reason: 'accessDenied' });
      }),
  };
};

const lookAtTable = async (session: Session, spec: TableSpec): Promise<Error | undefined> => {
  const stored = await session.api.getTable(toTableId(session, spec.name));
  try {
    checkTable(spec, stored);
    return undefined;
  } catch (error) {
    if (error instanceof WarehouseError) return error;
    throw error;
  }
};

const examineTables = (session: Session, entities: readonly Entity[]): Examination => ({
  about: 'tables',
  needs: ['st_raw', 'st_ops'].map((dataset) => `dataset ${session.datasetPrefix}${dataset}`),
  look: () =>
    explained(session, 'look at the tables', async () => {
      const specs = describeTables(entities);
      const faults: Error[] = [];
      for (const spec of specs) {
        const fault = await lookAtTable(session, spec);
        if (fault !== undefined) faults.push(fault);
      }
      if (faults.length > 0) throw new AggregateError(faults);
      return `${specs.length} are as they should be`;
    }),
});

const examineJobs = (
  session: Session,
  trial: { about: string; needs: string[]; action: string; sql: string; state: string },
): Examination => ({
  ...{ about: trial.about, needs: trial.needs },
  look: () =>
    explained(session, trial.action, async () => {
      await dryRunSql(session, { entity: '', step: 'read', action: trial.action, sql: trial.sql });
      return trial.state;
    }),
});

/** The trials of a project, in the order in which one needs the other. */
export const examineBigquery = async (
  options: BigqueryOptions,
  entities: readonly Entity[],
): Promise<BigqueryExaminations> => {
  const limits = {
    requestAttemptsMax: doctorAttemptsMax,
    requestTimeoutMs: bigqueryDoctorTimeoutMs,
    ...options.limits,
  };
  const session = await openSession({ ...options, limits }, () => undefined);
  const { address } = session;
  const readClock = (): Promise<number | undefined> =>
    explained(session, 'reach BigQuery', () => session.api.readClock());
  return {
    readClock,
    examinations: [
      {
        about: 'credentials',
        look: () =>
          isStandIn(address)
            ? Promise.resolve('none: a stand-in on this machine is asked without')
            : explained(session, 'find credentials', () => findAccount(address)),
      },
      {
        about: 'project',
        needs: ['credentials'],
        look: async () => {
          await readClock();
          return `${address.project} is there, and its BigQuery API is enabled`;
        },
      },
      examineJobs(session, {
        ...{ about: 'role for jobs', needs: ['project'], action: 'run a query' },
        ...{ sql: 'select 1 as one', state: `may run jobs in ${address.location}` },
      }),
      ...allDatasets.map((dataset) => examineDataset(session, dataset)),
      ...allDatasets.map((dataset) => examineRole(session, dataset, options.now)),
      examineTables(session, entities),
      examineJobs(session, {
        about: 'changing rows',
        needs: ['role for jobs', 'tables'],
        action: 'change rows',
        sql: 'delete from st_ops.rejects where false',
        state: 'the project takes statements that change rows',
      }),
    ],
  };
};
