import { findTable, storedName } from '../catalog/catalog.ts';
import { writeRows } from '../jobs/job-resource.ts';
import { refusals } from '../refusals.ts';
import { quote } from '../values/duckdb-types.ts';
import { toNamedType, type Field } from '../values/field.ts';
import { nextToken, readPage } from './paging.ts';
import { ok, type Route } from './request.ts';

/** How the caller wants timestamps written. */
export const readFormat = (query: URLSearchParams) => ({
  int64Timestamp: query.get('formatOptions.useInt64Timestamp') === 'true',
});

const chooseFields = (fields: readonly Field[], selected: string | null): Field[] => {
  if (selected === null) return [...fields];
  return selected.split(',').map((name) => {
    const field = fields.find((one) => one.name.toLowerCase() === name.toLowerCase());
    if (field === undefined) throw refusals.invalid(`No such field: ${name}.`, 'selectedFields');
    return field;
  });
};

const list: Route = {
  id: 'tabledata.list',
  method: 'GET',
  path: 'projects/{projectId}/datasets/{datasetId}/tables/{tableId}/data',
  parameters: [
    ...['maxResults', 'pageToken', 'startIndex', 'selectedFields'],
    'formatOptions.useInt64Timestamp',
  ],
  answer: async ({ world, pages }, { query }, { datasetId = '', tableId = '' }) => {
    const ref = { projectId: world.projectId, datasetId, tableId };
    world.access.check('bigquery.tables.getData', { kind: 'table', ref });
    const table = findTable(world.catalog, ref);
    if (table.type === 'VIEW') throw refusals.invalid('Cannot list a table of type VIEW.');
    const fields = chooseFields(table.fields, query.get('selectedFields'));
    const page = readPage(query, pages);
    const { session } = world.catalog;
    const name = storedName(ref);
    const total = (await session.read(`select count(*) from ${name}`)).rows[0]?.[0] as bigint;
    const { rows } = await session.read(
      `select ${fields.map((field) => quote(field.name)).join(', ')} from ${name} ` +
        `order by rowid limit ${page.count} offset ${page.start}`,
    );
    const result = { columns: fields.map(toNamedType), rows };
    return ok({
      kind: 'bigquery#tableDataList',
      totalRows: String(total),
      pageToken: nextToken(page, Number(total)),
      ...(rows.length === 0 ? {} : { rows: writeRows(result, readFormat(query)) }),
    });
  },
};

const insertAll: Route = {
  id: 'tabledata.insertAll',
  method: 'POST',
  path: 'projects/{projectId}/datasets/{datasetId}/tables/{tableId}/insertAll',
  parameters: [],
  takesBody: true,
  answer: () => {
    throw refusals.unsupported('tabledata.insertAll; load jobs are free');
  },
};

export const tableDataRoutes: readonly Route[] = [list, insertAll];
