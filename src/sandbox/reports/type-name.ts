import type { JobRow } from '../rows.ts';

/** The name that a job's type has today. */
export function typeName({ type }: JobRow): string {
  return type.renamed ?? type.name;
}
