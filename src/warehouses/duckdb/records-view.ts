import { types } from 'node:util';
import { WarehouseError } from '../../errors.ts';
import { quoteText } from '../sql-text.ts';
import type { Staged } from '../warehouse.ts';
import type { Session } from './open-session.ts';
import type { Spools } from './read-spool.ts';

/** The staged rows with all of their payloads. */
export const recordsView = (staged: string): string => `${staged}_records`;

const otherLine = 'a line is not that of its staged row';

/** What a line has to be, to be that of its staged row. */
const payloadSql = `case
  when hash(coalesce(lines.payload, '')) = s._hash then coalesce(lines.payload, '')
  else error(${quoteText(otherLine)})
end`;

/**
 * Makes the view of the staged rows with their payloads, read from the files once more: held in memory from one reading
 * to the other they would be twice as much as all that is read out of them. Lines and rows
 * meet by their place, and by the hash of the payload.
 */
export const viewRecords = (
  session: Session,
  view: string,
  staged: string,
  spools: Spools | null,
): Promise<number> =>
  session.run(
    `create view ${recordsView(view)} as
    select s.* exclude (_payload, _hash), ${spools === null ? '_payload' : payloadSql} as payload
    from ${spools === null ? '' : `${spools.lines} as lines positional join`} ${staged} as s`,
  );

/** The name of the file that holds what is staged as columns. */
export const columnsFileName = (view: string): string => `${view.replace(/^.*[.]/, '')}.parquet`;

/** The error for a view whose files are no longer what was staged; any other as it is. */
export const explainView = ({ entity, table }: Staged, error: unknown): unknown => {
  const message = types.isNativeError(error) ? error.message : '';
  const isOfView =
    message === `Invalid Input Error: ${otherLine}` ||
    message.startsWith('IO Error: No files') ||
    message.includes(columnsFileName(table)) ||
    message.includes('TProtocolException');
  if (!isOfView) return error;
  return new WarehouseError(
    `Cannot load ${entity.name}: a spool file was changed or removed meanwhile; repeat the command, which fetches it ` +
      'again',
    { cause: error },
  );
};
