import type { Endpoint } from '../sources/servicetitan/entity.ts';
import { refuseParameter } from './problem.ts';
import type { Row } from './rows.ts';
import type { Filter, Table } from './table.ts';
import { parseInstant } from './ticks.ts';

const idsMax = 50;
const pageSizeMax = 5000;
const pageSizeDefault = 50;

/** A list request, understood. */
export type ListQuery = {
  page: number;
  pageSize: number;
  includeTotal: boolean;
  /** Null: the order is the server's own. */
  sort: { field: 'id' | 'createdOn' | 'modifiedOn'; descending: boolean } | null;
  tests: Test[];
  /** The bounds on createdOn and modifiedOn, for which there are indexes; infinite where there are none. */
  created: Bounds;
  modified: Bounds;
  /** The bounds on another date, which gets an index when it is first asked for. */
  dated: { filter: DateFilter; bounds: Bounds } | null;
  /** The same text for the same set of records in the same order. */
  key: string;
};
export type Test = (row: Row) => boolean;
export type DateFilter = Extract<Filter<Row>, { kind: 'instant' }>;
export type Bounds = { from: number; to: number };

function readInteger(name: string, text: string): number {
  if (!/^-?\d{1,18}$/.test(text.trim())) refuseParameter(name, `The value '${text}' is not valid.`);
  return Number(text);
}

function readInstant(name: string, text: string): number {
  return parseInstant(text) ?? refuseParameter(name, `The value '${text}' is not valid.`);
}

function readBoolean(name: string, text: string): boolean {
  const value = text.toLowerCase();
  if (value === 'true') return true;
  if (value === 'false') return false;
  return refuseParameter(name, `The value '${text}' is not valid.`);
}

function readIds(name: string, text: string): Set<number> {
  const parts = text.split(',').filter((part) => part.trim() !== '');
  if (parts.length > idsMax) refuseParameter(name, `At most ${idsMax} values are allowed.`);
  return new Set(parts.map((part) => readInteger(name, part)));
}

const activeValues: Record<string, 'active' | 'inactive' | 'any'> = {
  true: 'active',
  false: 'inactive',
  any: 'any',
  activeonly: 'active',
  inactiveonly: 'inactive',
  all: 'any',
};

/** The test of an active parameter: `True|Any|False`, or in accounting `ActiveOnly|InactiveOnly|All`. */
export function activeTest(name: string, text: string): Test | undefined {
  const accounting = name === 'activeState';
  const value = activeValues[text.toLowerCase()];
  if (value === undefined || accounting !== /only|all/i.test(text)) {
    return refuseParameter(name, `The value '${text}' is not valid.`);
  }
  if (value === 'any') return undefined;
  return (row) => row.active === (value === 'active');
}

function filterTest(name: string, text: string, filter: Filter<Row>): Test {
  if (filter.kind === 'text') {
    const wanted = text.trim().toLowerCase();
    return (row) => filter.of(row).trim().toLowerCase() === wanted;
  }
  if (filter.kind === 'ids') {
    const ids = readIds(name, text);
    return (row) => ids.has(filter.of(row));
  }
  const bound = readInstant(name, text);
  const tests: Record<typeof filter.test, Test> = {
    atOrAfter: (row) => filter.of(row) >= bound,
    after: (row) => filter.of(row) > bound,
    before: (row) => filter.of(row) < bound,
    atOrBefore: (row) => filter.of(row) <= bound,
  };
  return tests[filter.test];
}

const sortFields = { id: 'id', createdon: 'createdOn', modifiedon: 'modifiedOn' } as const;

function readSort(name: string, field: string, descending: boolean): ListQuery['sort'] {
  const known = sortFields[field.toLowerCase() as keyof typeof sortFields] as
    (typeof sortFields)[keyof typeof sortFields] | undefined;
  if (known === undefined) return refuseParameter(name, `Cannot sort by '${field}'.`);
  return { field: known, descending };
}

function sortOf(given: Map<string, string>): ListQuery['sort'] {
  const sort = given.get('sort');
  if (sort !== undefined) {
    const match = /^([+-])(\w+)$/.exec(sort);
    if (match === null) refuseParameter('sort', `The value '${sort}' is not valid.`);
    return readSort('sort', match[2] ?? '', match[1] === '-');
  }
  const orderBy = given.get('orderBy');
  if (orderBy === undefined) return null;
  const descending = /^desc/i.test(given.get('orderByDirection') ?? '');
  return readSort('orderBy', orderBy, descending);
}

/** One millisecond tick beyond an included bound. */
function boundsOf(given: Map<string, string>, field: 'created' | 'modified'): Bounds {
  const read = (name: string) => {
    const text = given.get(`${field}${name}`);
    return text === undefined ? undefined : readInstant(`${field}${name}`, text);
  };
  const included = read('OnOrBefore');
  return {
    from: read('OnOrAfter') ?? -Infinity,
    to: Math.min(read('Before') ?? Infinity, included === undefined ? Infinity : included + 1),
  };
}

function testsOf(table: Table, endpoint: Endpoint, given: Map<string, string>): Test[] {
  const tests: (Test | undefined)[] = [];
  const active = endpoint.parameters.find((name) => name === 'active' || name === 'activeState');
  if (active !== undefined) {
    const byDefault = active === 'active' ? 'True' : 'ActiveOnly';
    tests.push(activeTest(active, given.get(active) ?? byDefault));
  }
  const ids = given.get('ids');
  if (ids !== undefined) {
    const wanted = readIds('ids', ids);
    tests.push((row) => row.id !== 0 && wanted.has(row.id));
  }
  for (const [name, filter] of Object.entries(table.filters ?? {})) {
    const text = given.get(name);
    if (text !== undefined) tests.push(filterTest(name, text, filter));
  }
  return tests.filter((test) => test !== undefined);
}

function datedOf(table: Table, given: Map<string, string>): ListQuery['dated'] {
  let dated: ListQuery['dated'] = null;
  for (const [name, filter] of Object.entries(table.filters ?? {})) {
    const text = given.get(name);
    if (text === undefined || filter.kind !== 'instant') continue;
    if (dated !== null && dated.filter.date !== filter.date) continue;
    dated ??= { filter, bounds: { from: -Infinity, to: Infinity } };
    const bound = readInstant(name, text);
    if (filter.test === 'atOrAfter' || filter.test === 'after') dated.bounds.from = bound;
    else dated.bounds.to = bound + 1;
  }
  return dated;
}

const paging = ['page', 'pageSize', 'includeTotal'];

/** Reads a list request by its contract; what the contract does not name is ignored, as the source does. */
export function parseListQuery(
  table: Table,
  endpoint: Endpoint,
  search: URLSearchParams,
): ListQuery {
  const given = new Map<string, string>();
  for (const [name, text] of search) {
    const documented = endpoint.parameters.includes(name) || paging.includes(name);
    if (documented && text !== '') given.set(name, text);
  }
  const page = readInteger('page', given.get('page') ?? '1');
  const pageSize = readInteger('pageSize', given.get('pageSize') ?? String(pageSizeDefault));
  if (page < 1) refuseParameter('page', 'The page must be 1 or more.');
  if (pageSize < 1 || pageSize > pageSizeMax) {
    refuseParameter('pageSize', `The page size must be between 1 and ${pageSizeMax}.`);
  }
  const filters = [...given].filter(([name]) => !paging.includes(name)).sort();
  return {
    page,
    pageSize,
    includeTotal: readBoolean('includeTotal', given.get('includeTotal') ?? 'false'),
    sort: sortOf(given),
    tests: testsOf(table, endpoint, given),
    created: boundsOf(given, 'created'),
    modified: boundsOf(given, 'modified'),
    dated: datedOf(table, given),
    key: `${table.name}?${JSON.stringify(filters)}`,
  };
}
