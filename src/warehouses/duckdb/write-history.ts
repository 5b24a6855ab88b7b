import { explainStrangeRows, explainTypeChange } from '../explain-table.ts';
import { quoteName } from '../sql-text.ts';
import type { BuildPlan } from '../warehouse.ts';
import type { Session } from './open-session.ts';

type History = { table: string; sql: string; column: string };

const aside = 'temp.history_rows';

const readTypes = async (session: Session, table: string): Promise<Map<string, string>> => {
  const rows = await session.readRows(`describe ${table}`);
  return new Map(
    rows.map((row) => [String(row.column_name).toLowerCase(), String(row.column_type)]),
  );
};

/**
 * Adds the columns that the stored history lacks.
 * @throws WarehouseError when a column changed its type: what is stored cannot be made again, so nothing is converted.
 */
const fitColumns = async (session: Session, table: string): Promise<void> => {
  const stored = await readTypes(session, table);
  for (const [name, type] of await readTypes(session, aside)) {
    const storedType = stored.get(name);
    if (storedType === undefined) {
      await session.run(`alter table ${table} add column ${quoteName(name)} ${type}`);
    } else if (storedType !== type) {
      throw explainTypeChange(name, { is: type, stored: storedType });
    }
  }
};

/**
 * Replaces one snapshot in a history: the rows of the tenant and the date.
 * @returns how many rows the snapshot has.
 * @throws WarehouseError when the query gives rows of another date.
 */
export const writeHistory = async (
  session: Session,
  { table, sql, column }: History,
  snapshot: BuildPlan['snapshot'],
): Promise<number> => {
  const date = quoteName(column);
  await session.run(`create or replace temp table history_rows as\n${sql}`);
  const [strange] = await session.readRows(
    `select count(*) as n from ${aside} where tenant_id = $tenantId and ${date} is distinct from $date::date`,
    snapshot,
  );
  const strangeRows = Number(strange?.n ?? 0);
  if (strangeRows > 0) throw explainStrangeRows(strangeRows, snapshot.date);
  await session.run(`create table if not exists ${table} as from ${aside} limit 0`);
  await fitColumns(session, table);
  await session.run(
    `delete from ${table} where tenant_id = $tenantId and ${date} = $date::date`,
    snapshot,
  );
  const rows = await session.run(
    `insert into ${table} by name from ${aside} where tenant_id = $tenantId`,
    { tenantId: snapshot.tenantId },
  );
  await session.run(`drop table ${aside}`);
  return rows;
};
