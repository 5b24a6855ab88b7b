import { money } from './money.ts';
import { references, shared } from './shared.ts';
import { work } from './work.ts';

const own = { ...work, ...money };

/** The fields of an entity that are explained though it has none such, as `jobs.colour`. */
export const findStale = (known: ReadonlyMap<string, ReadonlySet<string>>): string[] => [
  ...Object.entries(own).flatMap(([entity, fields]) =>
    Object.keys(fields)
      .filter((path) => known.get(entity)?.has(path) !== true)
      .map((path) => `${entity}.${path}`),
  ),
  ...[...Object.keys(shared), ...Object.keys(references)].filter((path) =>
    [...known.values()].every((paths) => !paths.has(path)),
  ),
];

/**
 * What a field of a record means, and the table that an id leads to; '' for a field that nobody has explained.
 * @param path As in the record, `customer.id`.
 */
export const describeField = (entity: string, path: string): string => {
  const meaning = own[entity]?.[path] ?? shared[path] ?? '';
  const table = references[path];
  // An id that payroll gave, not the source.
  const isPayroll = entity === 'technicians' && path === 'payrollId';
  return table === undefined || isPayroll || meaning === ''
    ? meaning
    : `${meaning}, as \`st_raw.raw_${table}\`.\`id\``;
};
