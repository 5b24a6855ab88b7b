import { beforeAll, describe, expect, test } from '@jest/globals';
import type { Batch, Entity } from '../../../src/model.ts';
import { costsSql } from '../../../src/pipeline/read-costs.ts';
import { orderModels, readModels } from '../../../src/pipeline/read-models.ts';
import { servicetitanEntities } from '../../../src/sources/servicetitan/index.ts';
import { createTableSql, nameAside } from '../../../src/warehouses/bigquery/aside.ts';
import {
  countSnapshotSql,
  nextHistorySql,
} from '../../../src/warehouses/bigquery/build-history.ts';
import { commitStatements, type CommitPlan } from '../../../src/warehouses/bigquery/commit-sql.ts';
import {
  dropDoublesSql,
  insertStreamsSql,
  readControlsSql,
  readStreamsSql,
  restartStreamsSql,
} from '../../../src/warehouses/bigquery/controls.ts';
import { writeCostsSql } from '../../../src/warehouses/bigquery/costs.ts';
import { linesSchema } from '../../../src/warehouses/bigquery/encode-lines.ts';
import { factsSql, noFacts } from '../../../src/warehouses/bigquery/facts.ts';
import { fillOddSql, fillSql, findOddSql } from '../../../src/warehouses/bigquery/fill-columns.ts';
import { renameTables } from '../../../src/warehouses/bigquery/googlesql-text.ts';
import {
  mergedType,
  readCommittedSql,
  readLedgerSql,
} from '../../../src/warehouses/bigquery/ledger-sql.ts';
import { storedMonthsSql } from '../../../src/warehouses/bigquery/merge-sql.ts';
import { findDriftSql } from '../../../src/warehouses/bigquery/odd-sql.ts';
import { findPartition } from '../../../src/warehouses/bigquery/partition.ts';
import { exchangeRowsSql } from '../../../src/warehouses/bigquery/publish.ts';
import { recordRowsSql } from '../../../src/warehouses/bigquery/record-rows.ts';
import { missingMonthsSql } from '../../../src/warehouses/bigquery/scope-sql.ts';
import { typedSql } from '../../../src/warehouses/bigquery/typed-sql.ts';
import { toChains } from '../../../src/warehouses/chains.ts';
import { analyze, type Engine } from '../../support/googlesql/analyze.ts';
import { readOptions } from '../../support/googlesql/language.ts';
import { startGooglesql } from '../../support/googlesql/start-googlesql.ts';
import { describeTables, type Column, type Table } from '../../support/googlesql/tables.ts';
import { warnLoudly } from '../../support/googlesql/warn-loudly.ts';
import { instant, jobs, pay } from '../duckdb/fixtures.ts';

const server =
  process.env.FIELDMART_GOOGLESQL === 'off'
    ? ({ runs: false, reason: 'FIELDMART_GOOGLESQL is off' } as const)
    : await startGooglesql();
if (!server.runs) warnLoudly(server.reason);
const proves = server.runs ? test : test.skip;

/** Names with a life of their own: quotes, a comment, a line end. */
const odd = "o'; \\ --\n";
const entities: Entity[] = [
  ...servicetitanEntities,
  { ...jobs, table: 'raw_odd_jobs' },
  { ...pay, table: 'raw_odd_pay' },
];
const state = describeTables(entities);
const lines: Table = {
  name: 'st_stage.lines_a',
  columns: linesSchema.map(({ name, type }) => ({ name, type })),
};

let engine: Engine;
beforeAll(async () => {
  if (server.runs) engine = { api: server.api, options: await readOptions(server.api) };
});
const select = (entity: Entity): string =>
  typedSql(entity, {
    table: lines.name,
    batches: [
      { tenantId: odd, loadId: 'L1', rows: 5 },
      { tenantId: '77', loadId: 'L2', rows: 1 },
    ],
  });

const describeTyped = async (entity: Entity): Promise<Table> => ({
  name: 'st_stage.typed_a',
  columns: await analyze(engine, select(entity), [lines]),
});

const scopesOf = ({ columns }: Entity): Batch['scope'][] => [
  null,
  { kind: 'all' },
  ...columns.map(({ name, type }) =>
    type === 'timestamp'
      ? { kind: 'range' as const, column: name, window: { from: instant(0), to: instant(9) } }
      : { kind: 'values' as const, column: name, values: ['1', odd] },
  ),
];

const planOf = (entity: Entity): CommitPlan => {
  const batches = scopesOf(entity).map((scope, index) => ({
    ...{ loadId: `L${index}`, tenantId: odd, entity: entity.name, stream: odd, version: index },
    ...{ cursorFrom: null, cursorTo: { next: odd }, done: false, file: '', rows: 3, bytes: 9 },
    ...{ sha256: 'ab', pages: [{ rows: 3, extractedAt: instant(5) }], scope },
  }));
  const months = [24290, 24291, 24295, null, 119999];
  const loads = new Map(
    batches.map(({ loadId }) => [loadId, { rejects: 1, unreadable: 0, used: 2 }]),
  );
  const { chains } = toChains(
    [...batches, ...batches.slice(0, 1).map((batch) => ({ ...batch, stream: 'other' }))],
    new Map(),
  );
  return {
    ...{ entity, batches, chains, months, table: 'st_stage.typed_a' },
    facts: { loads, first: null, drifting: 1, months, ids: ['1', '-2'] },
    drift: [{ tenantId: odd, field: 'total', kind: 'does not fit NUMERIC', count: 5 }],
    stamp: { at: instant(7), runId: 'r' },
    missing: new Map(
      batches.slice(1, 4).map(({ loadId }, index) => [loadId, index % 2 ? [] : months]),
    ),
    costs: {
      ...{ runId: odd, staging: { bytesBilled: 5, slotMs: 6 } },
      steps: [{ entity: odd, step: 'stage', jobs: 1, bytesBilled: 2, slotMs: 3 }],
    },
  };
};

/** What the analyzer has no words for: it judges statements, not scripts, and knows no variable of one. */
const scripting = /^(?:declare|begin|commit|set|if) /;

/** Values of their types in the place of variables. */
const withValues = (sql: string): string =>
  sql
    .replaceAll(/@@script\.\w+/g, '5')
    .replaceAll(/\bdeleted_\d+\b/g, '7')
    .replaceAll('unnest(merged)', `unnest(cast(null as ${mergedType}))`);

const judgeCommit = async (plan: CommitPlan, tables: readonly Table[]): Promise<string[]> => {
  const statements = commitStatements(plan);
  for (const { sql, reads } of statements) {
    if (!scripting.test(sql)) await analyze(engine, withValues(sql), tables);
    // The query of the one variable that SET gives its rows, as they are read later.
    else if (reads !== null) {
      await analyze(engine, `select load_id, inserted, updated from unnest((${reads}))`, tables);
    }
  }
  return statements.filter(({ sql }) => scripting.test(sql)).map(({ sql }) => sql);
};

describe('every text that loads an entity is accepted by Google’s analyzer', () => {
  proves.each(entities.map((entity) => [entity.table, entity] as const))(
    '%s',
    async (_, entity) => {
      await analyze(engine, `create or replace table st_stage.typed_a as ${select(entity)}`, [
        lines,
      ]);
      const typed = await describeTyped(entity);
      for (const rows of [5, 50_000])
        await analyze(engine, factsSql(entity, typed.name, rows), [typed]);
      await analyze(engine, findDriftSql(typed.name), [typed]);
      const plan = planOf(entity);
      const script = await judgeCommit(plan, [...state, typed]);
      expect(new Set(script.map((sql) => sql.split(' ')[0]))).toEqual(
        new Set(['declare', 'begin', 'if', 'set', 'commit']),
      );
      await judgeCommit({ ...plan, table: null, facts: noFacts, drift: [] }, state);
      await analyze(engine, readLedgerSql(plan.batches, instant(7)), state);
      await analyze(engine, readCommittedSql(plan.batches), state);
      if (findPartition(entity) !== undefined) {
        const sets = plan.batches.filter(({ scope }) => scope !== null).slice(0, 4);
        for (const table of [typed.name, null]) {
          await analyze(engine, missingMonthsSql(entity, sets, table), [...state, typed]);
        }
        const incoming = { entity, table: typed.name, loadIds: ['L'], tenantIds: [odd], ids: null };
        await analyze(engine, storedMonthsSql({ ...incoming, months: [] }), [...state, typed]);
      }
    },
  );

  const oddRows: Table = {
    name: 'st_stage.odd_a',
    columns: ['tenant_id', 'key', 'json'].map((name) => ({ name, type: 'STRING' })),
  };

  proves.each(entities.map((entity) => [entity.table, entity] as const))(
    '%s, and its columns filled again',
    async (_, entity) => {
      const columns = [...entity.columns.map(({ name }) => name), '_modified_on'];
      await analyze(engine, fillSql(entity, columns), state);
      await analyze(engine, findOddSql(entity), state);
      await analyze(engine, fillOddSql(entity, columns, oddRows.name), [...state, oddRows]);
    },
  );

  proves('and a rounded, exact staging table comes of it', async () => {
    const { columns } = await describeTyped(jobs);
    const types = Object.fromEntries(columns.map(({ name, type }) => [name, type]));
    expect(types).toMatchObject({ id: 'INT64', total: 'NUMERIC', createdOn: 'TIMESTAMP' });
    expect(columns.map(({ name }) => name)).toEqual(expect.arrayContaining(['_use', '_drift']));
  });
});

const stream = { tenantId: odd, entity: 'jobs', stream: odd, cursor: { a: odd } };
const rowsOf = (table: 'state' | 'runs' | 'tenants' | 'builds') =>
  recordRowsSql(table, [
    { runId: 'r', tenantId: odd, message: odd, rows: 5, startedAt: instant(0), endedAt: null },
    { runId: 's' },
  ]);

describe('every text that keeps the books is accepted', () => {
  proves.each([
    ['plan', insertStreamsSql([{ ...stream, streamId: 'u' }], instant(0))],
    ['plan: read', readStreamsSql([stream])],
    ['plan: drop doubles', dropDoublesSql([stream])],
    ['restart', restartStreamsSql([stream, { ...stream, stream: 'b' }], instant(0))],
    ['read', readControlsSql.replaceAll('@tenant', "'7'").replaceAll('@entity', "'jobs'")],
    ['state', rowsOf('state')],
    ['costs: read', costsSql(instant(0))],
    ['runs', rowsOf('runs')],
    ['tenants', rowsOf('tenants')],
    ['builds', rowsOf('builds')],
    [
      'costs',
      writeCostsSql([{ entity: '', step: 'stage', jobs: 1, bytesBilled: 2, slotMs: 3 }], {
        ...{ runId: 'r', at: instant(0) },
      }),
    ],
  ])('%s', async (_, sql) => {
    await analyze(engine, sql, state);
  });
});

const toFields = (columns: readonly Column[]) => columns.map(({ name, type }) => ({ name, type }));

describe('every text that builds and publishes is accepted', () => {
  const snapshot = { tenantId: odd, date: '2024-03-01' };

  proves('all models aside, in their order, and their exchange', async () => {
    const models = orderModels(await readModels('sql'));
    const seeds = ['st_ref.seed_business_unit_rollup', 'st_ref.seed_job_type_groups'];
    const tables = models.map(({ name, sql, historyColumn, description, columns }) => ({
      ...{ table: name, sql, historyColumn, description, columns },
    }));
    const aside = nameAside('b1', { seeds: [], tables, snapshot });
    const known: Table[] = [...state, ...(await describeSeeds(seeds))];
    for (const { table, sql, historyColumn } of tables) {
      const columns = await analyze(engine, renameTables(sql, aside.rename), known);
      const fields = toFields(columns);
      const made = createTableSql(aside.nameOf(table), fields, renameTables(sql, aside.rename));
      await analyze(engine, made, known);
      known.push({ name: aside.nameOf(table), columns }, { name: table, columns });
      if (historyColumn !== null) {
        const stored = fields.slice(0, -1);
        const next = nextHistorySql(
          { table, column: historyColumn },
          aside.nameOf(table),
          { stored, made: fields },
          snapshot,
        );
        await analyze(engine, createTableSql('st_stage.next', fields, next), known);
        const counting = countSnapshotSql(aside.nameOf(table), historyColumn, snapshot);
        await analyze(engine, counting, known);
      }
      const exchange = { table, historyColumn, made: { schema: { fields } } };
      for (const text of exchangeRowsSql(exchange, aside, snapshot)) {
        await analyze(engine, text, known);
      }
    }
    expect(tables.length).toBeGreaterThan(20);
  });
});

const describeSeeds = async (names: readonly string[]): Promise<Table[]> => {
  const { readSeeds } = await import('../../../src/pipeline/read-seeds.ts');
  const seeds = await readSeeds('sql');
  expect(seeds.map(({ table }) => table).sort()).toEqual([...names].sort());
  return seeds.map(({ table, columns }) => ({
    name: table,
    columns: columns.map((name) => ({ name, type: 'STRING' })),
  }));
};
