import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Seeds } from './reference/rows.ts';

const toCsv = (lines: readonly (readonly string[])[]): string =>
  lines
    .map((values) => `${values.map((value) => `"${value.replaceAll('"', '""')}"`).join(',')}\n`)
    .join('');

/** Puts the seeds into a folder of SQL in the place of those that a person edits. */
export const writeSeeds = async (
  sqlDir: string,
  { rollup, jobTypeGroups }: Seeds,
): Promise<void> => {
  const units = rollup.map((row) => [row.id, row.name, row.kind, row.rollsUpTo, row.region]);
  await writeFile(
    join(sqlDir, 'seeds', 'business_unit_rollup.csv'),
    toCsv([
      ['business_unit_id', 'business_unit_name', 'unit_kind', 'rolls_up_to', 'region'],
      ...units,
    ]),
  );
  await writeFile(
    join(sqlDir, 'seeds', 'job_type_groups.csv'),
    toCsv([
      ['job_type_group', 'job_type_name'],
      ...jobTypeGroups.map(({ group, name }) => [group, name]),
    ]),
  );
};
