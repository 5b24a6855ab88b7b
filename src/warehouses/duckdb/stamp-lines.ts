import type { WarehouseError } from '../../errors.ts';
import type { Batch } from '../../model.ts';
import { explainCount } from '../staging.ts';
import type { Session } from './open-session.ts';
import { readSpools } from './read-spool.ts';

/** Where a batch's lines stand. */
export type Extent = { first: number; rows: number };

/** Where each batch's lines stand; a WarehouseError in place of one whose lines are not those of its manifest. */
const findExtents = async (
  session: Session,
  lines: string,
  batches: readonly Batch[],
): Promise<(Extent | WarehouseError)[]> => {
  const found = await session.readRows(
    `select batch, min(rowid) as first, max(rowid) as last, count(*) as n from ${lines} group by batch`,
  );
  const byBatch = new Map(found.map((row) => [row.batch, row]));
  let before = -1;
  return batches.map((batch, index) => {
    const row = byBatch.get(index);
    const rows = Number(row?.n ?? 0);
    const inPages = batch.pages.reduce((sum, page) => sum + page.rows, 0);
    if (rows !== batch.rows) return explainCount(batch, rows);
    if (inPages !== batch.rows) return explainCount(batch, inPages);
    if (row === undefined) return { first: 0, rows };
    const [first, last] = [Number(row.first), Number(row.last)];
    if (first <= before || last - first + 1 !== rows) return explainCount(batch, rows);
    before = last;
    return { first, rows };
  });
};

/** Reads the files; answers where each batch's lines stand, checked against its manifest. */
export const readLines = async (
  session: Session,
  lines: string,
  batches: readonly Batch[],
): Promise<Extent[]> => {
  await readSpools(session, lines, batches);
  return (await findExtents(session, lines, batches)).map((found) => {
    if ('first' in found) return found;
    throw found;
  });
};

/** Where each batch's lines stand if the files hold what the manifests say; null where a manifest contradicts itself. */
export const expectExtents = (batches: readonly Batch[]): Extent[] | null => {
  let first = 0;
  const extents = batches.map(({ rows }) => {
    first += rows;
    return { first: first - rows, rows };
  });
  const isWhole = ({ pages, rows }: Batch): boolean =>
    pages.reduce((sum, page) => sum + page.rows, 0) === rows;
  return batches.every(isWhole) ? extents : null;
};

/** One row per line, in their order: its batch, its position there (from 1) and when its page arrived. */
export const createStamps = async (
  session: Session,
  stamps: string,
  batches: readonly Batch[],
  extents: readonly Extent[],
): Promise<void> => {
  const pages = batches.flatMap((batch, index) => {
    let start = 0;
    return batch.pages.map((page) => {
      const from = start;
      start += page.rows;
      return { batch, file: index, ...page, from, first: extents[index]?.first ?? 0 };
    });
  });
  await session.run(
    `create or replace temp table ${stamps} as
    select
      first + start + i as line, file, start + i + 1 as position, tenant_id, load_id,
      extracted_at::timestamptz as extracted_at
    from (
      select *, unnest(range(n)) as i
      from (
        select
          unnest($first) as first, unnest($file) as file, unnest($start) as start, unnest($n) as n,
          unnest($tenant) as tenant_id, unnest($load) as load_id, unnest($at) as extracted_at
      )
    )`,
    {
      first: pages.map(({ first }) => first),
      file: pages.map(({ file }) => file),
      start: pages.map(({ from }) => from),
      n: pages.map(({ rows }) => rows),
      tenant: pages.map(({ batch }) => batch.tenantId),
      load: pages.map(({ batch }) => batch.loadId),
      at: pages.map(({ extractedAt }) => extractedAt),
    },
  );
};
