import type { Access } from './access.ts';
import type { Catalog } from './catalog/catalog.ts';
import type { Locks } from './catalog/locks.ts';
import type { Database } from './engine/open-database.ts';
import type { SizeCache } from './engine/sizes.ts';
import type { Judge } from './sql/judge.ts';

/** What the whole stand-in shares. */
export type World = {
  projectId: string;
  now: () => Date;
  database: Database;
  catalog: Catalog;
  locks: Locks;
  access: Access;
  /** What has been measured of the tables as everyone sees them. */
  sizes: SizeCache;
  /** What estimates go by: see start-bigquery.ts. */
  estimates: 'plans' | 'names';
  /** Google's analyzer, where it is asked first. */
  judge: Judge | undefined;
};
