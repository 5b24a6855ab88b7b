import type { Transaction } from '../catalog/locks.ts';
import type { Session } from '../engine/open-database.ts';
import type { Field } from '../values/field.ts';
import type { Parameter } from '../values/parameters.ts';
import type { World } from '../world.ts';

/** A query job at work: what its statements share. */
export type Run = {
  world: World;
  session: Session;
  text: string;
  location: string;
  defaultDataset: string | undefined;
  parameters: ReadonlyMap<string, Parameter>;
  variables: Map<string, Parameter>;
  /** `@@row_count` and its kind, as DuckDB's expressions. */
  system: Map<string, string>;
  /** The script's own tables, by name in lower case. */
  temporary: Map<string, Field[]>;
  transaction: Transaction | undefined;
  /** Several statements: only such may have temporary tables and transactions. */
  isScript: boolean;
  /** Nothing is carried out. */
  isDry: boolean;
};
