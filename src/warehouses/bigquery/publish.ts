import type { BuildPlan, TableText } from '../warehouse.ts';
import { createTableSql, type Aside } from './aside.ts';
import type { TableResource } from './api.ts';
import { inSnapshotSql } from './build-history.ts';
import { toScript } from './commit-sql.ts';
import { tableLabels } from './describe-tables.ts';
import { sqlType } from './field-types.ts';
import { quoteColumn } from './googlesql-text.ts';
import type { Field } from './job.ts';
import { runSql } from './run-sql.ts';
import { toTableId, type Session } from './session.ts';

/** A table that was made aside, and what is published under its name now. */
export type Made = {
  table: string;
  /** The column of the snapshot's date; null for what is no history. */
  historyColumn: string | null;
  /** What it and its columns hold. */
  text: TableText;
  made: TableResource;
  /** Null when nothing is. */
  published: TableResource | null;
};

const fieldsOf = ({ schema }: TableResource): readonly Field[] => schema?.fields ?? [];

const findField = (fields: readonly Field[], { name }: Field): Field | undefined =>
  fields.find((field) => field.name.toLowerCase() === name.toLowerCase());

const layoutOf = ({ timePartitioning, clustering }: TableResource): string =>
  JSON.stringify([
    timePartitioning?.type ?? null,
    timePartitioning?.field ?? null,
    clustering?.fields ?? [],
  ]);

/** Columns that what is published lacks; null when its rows cannot just be exchanged, because more than that differs. */
const findAdded = ({ made, published, historyColumn }: Made): Field[] | null => {
  if (published === null) return null;
  const stored = fieldsOf(published);
  const added = fieldsOf(made).filter((field) => findField(stored, field) === undefined);
  if (historyColumn !== null) return added;
  const same = stored.every((field) => {
    const next = findField(fieldsOf(made), field);
    return next !== undefined && sqlType(next.type) === sqlType(field.type);
  });
  return same && layoutOf(made) === layoutOf(published) ? added : null;
};

/** The columns with what they hold. */
const describeFields = (fields: readonly Field[], { columns }: TableText): Field[] =>
  fields.map((field) => {
    const name = field.name.toLowerCase();
    const found = columns.find((column) => column.name.toLowerCase() === name);
    return found === undefined ? field : { ...field, description: found.description };
  });

/** The table as a person finds it in the console. */
const describe = (fields: readonly Field[], text: TableText): TableResource => ({
  ...(text.description !== '' && { description: text.description }),
  schema: { fields: describeFields(fields, text) },
});

const isDescribed = (published: TableResource, wanted: TableResource): boolean =>
  (wanted.description ?? '') === (published.description ?? '') &&
  (wanted.schema?.fields ?? []).every(
    (field, index) => field.description === fieldsOf(published)[index]?.description,
  );

/** Makes the published table such that the transaction only has to exchange rows. */
const fit = async (session: Session, one: Made): Promise<void> => {
  const { table, text, made, published } = one;
  const id = toTableId(session, table);
  if (published === null) {
    const { timePartitioning, clustering } = made;
    await session.api.createTable(id, {
      labels: tableLabels,
      ...describe(fieldsOf(made), text),
      ...(timePartitioning !== undefined && { timePartitioning }),
      ...(clustering !== undefined && { clustering }),
    });
    return;
  }
  const added = findAdded(one) ?? [];
  const wanted = describe([...fieldsOf(published), ...added], text);
  if (added.length === 0 && isDescribed(published, wanted)) return;
  await session.api.patchTable(id, wanted);
};

const namesOf = (fields: readonly Field[]): string =>
  fields.map(({ name }) => quoteColumn(name)).join(', ');

/** Exchanges the rows of one table; of a history, those of the snapshot. */
export const exchangeRowsSql = (
  { table, historyColumn, made }: Pick<Made, 'table' | 'historyColumn' | 'made'>,
  aside: Aside,
  snapshot: BuildPlan['snapshot'],
): string[] => {
  const names = namesOf(fieldsOf(made));
  if (historyColumn === null) {
    return [
      `truncate table ${table}`,
      `insert into ${table} (${names}) select ${names} from ${aside.nameOf(table)}`,
    ];
  }
  const inSnapshot = inSnapshotSql(historyColumn, snapshot);
  return [
    `delete from ${table} where ${inSnapshot}`,
    `insert into ${table} (${names}) select ${names} from ${aside.nameOf(table)} where ${inSnapshot}`,
  ];
};

/**
 * Publishes everything in one transaction, so that a reader sees yesterday's tables or today's. It copies the rows once
 * more: DDL, which would not, knows no transaction. Only a table whose columns were dropped or changed their type is
 * replaced by DDL, right after it.
 */
export const publish = async (
  session: Session,
  tables: readonly Made[],
  aside: Aside,
  snapshot: BuildPlan['snapshot'],
): Promise<void> => {
  const isReplaced = (one: Made): boolean => one.published !== null && findAdded(one) === null;
  const exchanged = tables.filter((one) => !isReplaced(one));
  for (const one of exchanged) await fit(session, one);
  const statements = exchanged.flatMap((one) => exchangeRowsSql(one, aside, snapshot));
  const purpose = { entity: '', step: 'publish', action: 'publish the build' } as const;
  if (statements.length > 0) {
    const script = ['begin transaction', ...statements, 'commit transaction'];
    await runSql(session, { ...purpose, sql: toScript(script.map((sql) => ({ sql }))) });
  }
  for (const { table, text, made } of tables.filter(isReplaced)) {
    const all = `select * from ${aside.nameOf(table)}`;
    await runSql(session, { ...purpose, sql: createTableSql(table, fieldsOf(made), all) });
    const described = { labels: tableLabels, ...describe(fieldsOf(made), text) };
    await session.api.patchTable(toTableId(session, table), described);
  }
};
