import type { Read } from '../../../src/model.ts';
import type { Rewrite, Rig } from './rigs.ts';
import type { Decorate } from './run-life.ts';

/** A fault that somebody might build into the program, as a decorator around it. */
export type Mutation = {
  name: string;
  /** Of a schedule that shows it: tried first, since others take long to find. */
  seed: number;
  /** An entity that shows it. */
  only: string;
  decorate?: Decorate;
  rewrites?: Readonly<Record<Rig['name'], Rewrite>>;
};

const onBoth = (rewrite: Rewrite): NonNullable<Mutation['rewrites']> => ({
  duckdb: rewrite,
  bigquery: rewrite,
});

const laterByOneMs = (read: Read): Read => {
  if (read.kind !== 'modified') return read;
  const from = new Date(Date.parse(read.window.from) + 1).toISOString();
  return { ...read, window: { ...read.window, from } };
};

const quote = (text: string): string => `'${text.replaceAll("'", "''")}'`;

/** Every one of these the simulation must notice. */
export const mutations: readonly Mutation[] = [
  {
    name: 'the cursor is stored before the data',
    seed: 153,
    only: 'visits',
    decorate: {
      warehouse: (warehouse, call) => ({
        ...warehouse,
        commit: async (staged, runId) => {
          for (const { tenantId, entity, stream, version, cursorTo, done } of staged.batches) {
            await call({
              kind: 'execute',
              sql:
                `update st_ops.cursors set cursor = ${quote(JSON.stringify(cursorTo))}, done = ${String(done)} ` +
                `where tenant_id = ${quote(tenantId)} and entity = ${quote(entity)} ` +
                `and stream = ${quote(stream)} and version = ${version}`,
            });
          }
          return warehouse.commit(staged, runId);
        },
      }),
    },
  },
  {
    name: 'no fence: the control row moves whatever its version is',
    seed: 151,
    only: 'visits',
    rewrites: onBoth((sql) =>
      /version = c\.version \+ m\.(?:length|steps)/.test(sql)
        ? sql.replaceAll('and c.version = m.version', '')
        : sql,
    ),
  },
  {
    name: 'the cursor of a sync is a millisecond after what it read',
    seed: 145,
    only: 'notes',
    decorate: {
      source: (source) => ({
        ...source,
        readPage: (entity, read, position) => source.readPage(entity, laterByOneMs(read), position),
      }),
    },
  },
  {
    name: 'the older of two versions wins',
    seed: 15,
    only: 'visits',
    rewrites: onBoth((sql) =>
      sql.replaceAll('s._modified_on > t._modified_on', 's._modified_on < t._modified_on'),
    ),
  },
  {
    name: 'the ledger is not asked whether it has a load',
    seed: 92,
    only: 'visits',
    rewrites: {
      duckdb: (sql) =>
        sql.replace(/from st_ops[.]ledger\s+where load_id in/, '$& (select null) and load_id in'),
      bigquery: (sql) =>
        sql.replaceAll('from st_ops.ledger where tenant_id', '$& is null and tenant_id'),
    },
  },
  {
    name: 'the torn end of a spool is not cut off',
    seed: 623,
    only: 'visits',
    decorate: {
      files: (files) => ({
        ...files,
        open: async (path, flags, mode) => ({
          ...(await files.open(path, flags, mode)),
          truncate: () => Promise.resolve(),
        }),
      }),
    },
  },
  {
    name: 'the mark on missing rows ignores what the set covers',
    seed: 99,
    only: 'shifts',
    rewrites: {
      duckdb: (sql) =>
        sql.replaceAll(
          /t\."date" >= \$from(\w*)::\w+ and t\."date" < \$to\w*::\w+/g,
          '$from$1 is not null and $to$1 is not null',
        ),
      bigquery: (sql) =>
        sql.replaceAll(/t\.`date` >= timestamp '[^']*' and t\.`date` < timestamp '[^']*'/g, 'true'),
    },
  },
];
