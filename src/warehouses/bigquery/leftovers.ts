import pLimit from 'p-limit';
import type { Batch, Control } from '../../model.ts';
import { stageDataset } from './googlesql-text.ts';
import { readFailure } from './failure.ts';
import { explained } from './run-sql.ts';
import { toTableId, type Session } from './session.ts';

/** A staging table that was there before: of a program that died, or of one that runs beside this one. */
export type Leftover = { table: string; staged: readonly StagedVersion[] };

/** Tenant, entity, stream, and the version of the control row under which a batch of it was read. */
type StagedVersion = readonly [tenantId: string, entity: string, stream: string, version: number];

/** Where control rows stand. */
export type Standing = Pick<Control, 'tenantId' | 'entity' | 'stream' | 'version'>;

const prefix = 'fieldmart staged ';

/** There is a table for each load under way, of all tenants, and BigQuery takes a hundred requests a second. */
const requestsInFlight = 8;

/** BigQuery takes 16,384 characters. */
const descriptionMax = 16_000;

/**
 * What a staging table says of itself, so that a later run knows when nobody can commit it any more. Where it has too many
 * batches to say, the first ones speak for the others, with which they are committed.
 */
export const describeStaged = (batches: readonly Batch[]): string => {
  const staged: string[] = [];
  let length = prefix.length + 2;
  for (const { tenantId, entity, stream, version } of batches) {
    const text = JSON.stringify([tenantId, entity, stream, version]);
    length += text.length + 1;
    if (length > descriptionMax) break;
    staged.push(text);
  }
  return `${prefix}[${staged.join(',')}]`;
};

const isStagedVersion = (value: unknown): value is StagedVersion =>
  Array.isArray(value) && value.length === 4 && typeof value[3] === 'number';

/** Of a table that says something else, or nothing: that nobody knows. */
const readStaged = (description: string | undefined): StagedVersion[] => {
  if (description?.startsWith(prefix) !== true) return [];
  try {
    const found: unknown = JSON.parse(description.slice(prefix.length));
    return Array.isArray(found) ? found.filter(isStagedVersion) : [];
  } catch {
    return [];
  }
};

const isStaging = (table: string): boolean => /^(?:lines|typed)_[0-9a-f]+$/.test(table);

/** Whoever may not list tables leaves them to expire. */
const orNone = (error: unknown): string[] => {
  if (readFailure(error)?.facts.status === 403) return [];
  throw error;
};

/** The staging tables that are there. No job is run for it. */
export const findLeftovers = async (session: Session): Promise<Leftover[]> => {
  const { dataset } = toTableId(session, `${stageDataset}.`);
  const tables = await session.api.listTables(dataset).catch(orNone);
  const limit = pLimit(requestsInFlight);
  const read = async (name: string): Promise<Leftover> => {
    const table = `${stageDataset}.${name}`;
    const resource = await session.api.getTable(toTableId(session, table));
    return { table, staged: readStaged(resource?.description) };
  };
  const found = await Promise.all(tables.filter(isStaging).map((name) => limit(read, name)));
  return found.filter(({ staged }) => staged.length > 0);
};

/** All its control rows have moved on: what of it the ledger does not have, the fence would refuse. */
const isDead = ({ staged }: Leftover, versions: ReadonlyMap<string, number>): boolean =>
  staged.every(([tenantId, entity, stream, version]) => {
    const now = versions.get(JSON.stringify([tenantId, entity, stream]));
    return now !== undefined && now > version;
  });

/**
 * Drops those that nobody can commit any more.
 * @returns the others.
 */
export const dropDead = (
  session: Session,
  leftovers: readonly Leftover[],
  standings: readonly Standing[],
): Promise<Leftover[]> =>
  explained(session, 'drop staging tables of an earlier run', async () => {
    const versions = new Map<string, number>();
    for (const { tenantId, entity, stream, version } of standings) {
      const name = JSON.stringify([tenantId, entity, stream]);
      versions.set(name, Math.max(version, versions.get(name) ?? 0));
    }
    const dead = leftovers.filter((leftover) => isDead(leftover, versions));
    const limit = pLimit(requestsInFlight);
    const drop = ({ table }: Leftover) => session.api.deleteTable(toTableId(session, table));
    await Promise.all(dead.map((leftover) => limit(drop, leftover)));
    return leftovers.filter((leftover) => !dead.includes(leftover));
  });

/**
 * What this process found when it began, and drops as it learns where control rows stand.
 * @param isOwn Whether it has staged the table itself, and not dropped it yet.
 */
export const openLeftovers = (session: Session, isOwn: (table: string) => boolean) => {
  let found: Promise<Leftover[]> | undefined;
  const heard: Standing[] = [];
  return {
    /** The first call looks for leftovers: it comes before this process stages anything. */
    learn: async (standings: readonly Standing[]): Promise<void> => {
      const action = 'look for staging tables of an earlier run';
      found ??= explained(session, action, async () =>
        (await findLeftovers(session)).filter(({ table }) => !isOwn(table)),
      );
      const known = await found;
      if (known.length === 0) return;
      // A table may hold batches of several streams, which are heard of one after the other.
      heard.push(...standings);
      found = dropDead(session, known, heard);
      await found;
    },
  };
};

/** Where the control rows of committed batches stand at least. */
export const standingsAfter = (batches: readonly Batch[]): Standing[] =>
  batches.map(({ version, ...batch }) => ({ ...batch, version: version + 1 }));
