import { columnsSql, findTable, lookUpTable, storedName, touch } from '../catalog/catalog.ts';
import { nameTable, type Table, type TableRef } from '../catalog/dataset.ts';
import { enterTable } from '../catalog/tables.ts';
import type { Session } from '../engine/open-database.ts';
import { refusals } from '../refusals.ts';
import { isSameType } from '../values/sql-type.ts';
import { toNamedType, type Field } from '../values/field.ts';
import type { World } from '../world.ts';
import type { CopyConfiguration } from './configuration.ts';

const haveSameFields = (a: readonly Field[], b: readonly Field[]): boolean =>
  a.length === b.length &&
  a.every((field, index) => {
    const other = b[index];
    return (
      other?.name.toLowerCase() === field.name.toLowerCase() &&
      isSameType(toNamedType(field).type, toNamedType(other).type)
    );
  });

/** DuckDB's statements, all or none; the last insert tells how many rows there are. */
const exchange = async (
  session: Session,
  ref: TableRef,
  sources: readonly Table[],
  replaces: boolean,
): Promise<number> => {
  const aside = 'temp.main."\x01copied"';
  const rows = sources.map((source) => `select * from ${storedName(source.ref)}`);
  const fields = sources[0]?.fields ?? [];
  await session.run('begin transaction');
  try {
    await session.run(`create or replace temp table "\x01copied" as ${rows.join(' union all ')}`);
    if (replaces) {
      await session.run(`create or replace table ${storedName(ref)} (${columnsSql(fields)})`);
    }
    const count = await session.run(`insert into ${storedName(ref)} select * from ${aside}`);
    await session.run(`drop table ${aside}`);
    await session.run('commit');
    return count;
  } catch (error) {
    await session.run('rollback');
    throw error;
  }
};

const findSources = ({ catalog, access }: World, copy: CopyConfiguration): Table[] => {
  const refs = copy.sourceTables ?? (copy.sourceTable === undefined ? [] : [copy.sourceTable]);
  const sources = refs.map((ref) => findTable(catalog, ref));
  for (const { ref, fields } of sources) {
    access.check('bigquery.tables.getData', { kind: 'table', ref });
    if (!haveSameFields(sources[0]?.fields ?? [], fields)) throw mismatch(ref);
  }
  return sources;
};

const mismatch = (ref: TableRef) =>
  refusals.invalid(`Provided Schema does not match Table ${nameTable(ref)}.`);

/** Whether the copy takes the place of what is there. */
const checkDispositions = async (
  session: Session,
  copy: CopyConfiguration,
  old: Table | undefined,
): Promise<boolean> => {
  const name = nameTable(copy.destinationTable);
  if (old === undefined) {
    if (copy.createDisposition === 'CREATE_NEVER') throw refusals.notFound(`Table ${name}`);
    return true;
  }
  const { rows } = await session.read(`select 1 from ${storedName(old.ref)} limit 1`);
  if (copy.writeDisposition === 'WRITE_EMPTY' && rows.length > 0) {
    throw refusals.duplicate(`Table ${name}`);
  }
  return copy.writeDisposition !== 'WRITE_APPEND';
};

/**
 * Copies tables into one: all rows or none.
 * @throws Refusal.
 */
export const runCopy = async (
  world: World,
  session: Session,
  copy: CopyConfiguration,
): Promise<Record<string, string>> => {
  const { catalog, locks } = world;
  const sources = findSources(world, copy);
  const [first] = sources;
  if (first === undefined) throw refusals.invalid('Required parameter is missing: sourceTable');
  const ref = copy.destinationTable;
  return locks.exclusive(ref, async () => {
    const old = lookUpTable(catalog, ref);
    const replaces = await checkDispositions(session, copy, old);
    if (!replaces && !haveSameFields(old?.fields ?? [], first.fields)) throw mismatch(ref);
    const rows = await exchange(session, ref, sources, replaces);
    if (old !== undefined && !replaces) touch(catalog, old);
    else {
      const { fields, timePartitioning, clustering, description, labels } = first;
      const layout = { fields, timePartitioning, clustering, description, labels };
      enterTable(catalog, ref, { type: 'TABLE', ...layout });
    }
    return { copiedRows: String(rows) };
  });
};
