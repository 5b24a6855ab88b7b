import { quoteText } from '../sql-text.ts';
import { otherLine } from './explain-failure.ts';
import type { Session } from './open-session.ts';
import type { Spools } from './read-spool.ts';

/** The staged rows with all of their payloads. */
export const recordsView = (staged: string): string => `${staged}_records`;

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
  staged: string,
  spools: Spools | null,
): Promise<number> =>
  session.run(
    `create view ${recordsView(staged)} as
    select s.* exclude (_payload, _hash), ${spools === null ? '_payload' : payloadSql} as payload
    from ${spools === null ? '' : `${spools.lines} as lines positional join`} ${staged} as s`,
  );
