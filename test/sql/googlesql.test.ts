import { appendFile, cp } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { build } from '../../src/pipeline/build.ts';
import { readChecks } from '../../src/pipeline/read-checks.ts';
import { orderModels, readModels } from '../../src/pipeline/read-models.ts';
import { servicetitanEntities as entities } from '../../src/sources/servicetitan/index.ts';
import { openDuckdb } from '../../src/warehouses/duckdb/open-duckdb.ts';
import type { Row, Warehouse } from '../../src/warehouses/warehouse.ts';
import { readQueries } from '../docs/support/read-queries.ts';
import { readOptions } from '../support/googlesql/language.ts';
import { startGooglesql } from '../support/googlesql/start-googlesql.ts';
import { warnLoudly } from '../support/googlesql/warn-loudly.ts';
import type { TypeName } from '../support/googlesql/tables.ts';
import { makeTempDir } from '../support/temp-dir.ts';
import { damages } from './support/damage.ts';
import {
  openProof,
  type Comparison,
  type Difference,
  type Proof,
  type Text,
} from './support/googlesql-proof.ts';
import { samples } from './support/samples.ts';
import { builds, seedLines, twoCompanies } from './support/two-companies.ts';
import { smallWork } from '../support/small-work.ts';

const models = orderModels(await readModels('sql'));
const checks = await readChecks('sql');
const queries = await readQueries();
const server =
  process.env.FIELDMART_GOOGLESQL === 'off'
    ? ({ runs: false, reason: 'FIELDMART_GOOGLESQL is off' } as const)
    : await startGooglesql();
if (!server.runs) warnLoudly(server.reason);
/** Where Google's server cannot run, nothing here passes: it is skipped. */
const proves = server.runs ? test : test.skip;

const quiet = () => undefined;
const log = { error: quiet, warn: quiet, info: quiet, debug: quiet };

const literal = (value: unknown): string =>
  typeof value === 'string' ? `'${value.replace(/'/g, "''")}'` : String(value);

const duckdbTypes: Readonly<Record<TypeName, string>> = {
  INT64: 'bigint',
  FLOAT64: 'double',
  NUMERIC: 'decimal(38, 9)',
  BOOL: 'boolean',
  STRING: 'varchar',
  DATE: 'date',
  TIMESTAMP: 'timestamptz',
};

let warehouse: Warehouse;
let proof: Proof;

const insert = async (table: string, row: Row): Promise<void> => {
  const names = Object.keys(row).map((name) => `"${name}"`);
  const values = Object.values(row).map(literal);
  await warehouse.execute(
    `insert into ${table} (${names.join(', ')}) values (${values.join(', ')})`,
  );
};

beforeAll(async () => {
  if (!server.runs) return;
  const path = join(await makeTempDir(), 'proof.duckdb');
  warehouse = await openDuckdb({ path, datasetPrefix: '', now: () => new Date(), ...smallWork });
  await warehouse.prepare(entities);
  for (const { table, row } of twoCompanies) await insert(table, row);
  for (const { table, rows } of samples) {
    const columns = table.columns.map(({ name, type }) => `"${name}" ${duckdbTypes[type]}`);
    await warehouse.execute(`create table ${table.name} (${columns.join(', ')})`);
    for (const row of rows) await insert(table.name, row);
  }
  const sqlDir = await makeTempDir();
  await cp('sql', sqlDir, { recursive: true });
  for (const [name, lines] of Object.entries(seedLines)) {
    await appendFile(join(sqlDir, 'seeds', `${name}.csv`), [...lines, ''].join('\n'));
  }
  for (const one of builds) {
    await build({ warehouse, entities, sqlDir, log, select: null, ...one });
  }
  const engine = { api: server.api, options: await readOptions(server.api) };
  proof = await openProof({
    engine,
    warehouse,
    models,
    others: samples.map(({ table }) => table),
  });
});

afterAll(async () => {
  if (server.runs) await warehouse.close();
});

const expectSameRows = ({ duckdbOnly, googlesqlOnly }: Difference): void => {
  expect({ duckdbOnly, googlesqlOnly }).toEqual({ duckdbOnly: [], googlesqlOnly: [] });
};

const expectSame = (comparison: Comparison): void => {
  expect(comparison.columns.duckdb).toEqual(comparison.columns.googlesql);
  expectSameRows(comparison);
};

const textOf = (sql: string, sources: string[] = []): Text => ({ name: sql, sql, sources });

describe('every model is accepted by Google’s analyzer and gives the same rows in its evaluator', () => {
  proves.each(models)('$name', async (model) => {
    await proof.judge({ ...model, sql: `create or replace table ${model.name} as\n${model.sql}` });
    const comparison = await proof.compare(model, `select * from ${model.name}`);
    expect(await proof.judge(model)).toEqual(comparison.columns.googlesql);
    expectSame(comparison);
    expect(comparison.count).toBeGreaterThan(0);
  });
});

describe('every check is accepted by Google’s analyzer and gives the same rows in its evaluator', () => {
  for (const check of checks) {
    proves(check.name, async () => {
      await proof.judge({ ...check, sql: `select count(*) as n from (\n${check.sql}\n)` });
      const comparison = await proof.compare(check, check.sql);
      expect(await proof.judge(check)).toEqual(comparison.columns.googlesql);
      // What a check gives is shown and not stored: DuckDB's wider types are as good there.
      expectSameRows(comparison);
    });

    proves(`${check.name} over damaged tables`, async () => {
      let count = 0;
      for (const name of check.sources) {
        for (const damage of damages) {
          const difference = await proof.compareDamaged(check, name, damage);
          expectSameRows(difference);
          count += difference.count;
          if (difference.count > 0) break;
        }
      }
      expect(count).toBeGreaterThan(0);
    });
  }
});

describe('every query of docs/analysts.md gives the same rows in DuckDB and in Google’s evaluator', () => {
  proves.each(queries)('$title', async ({ sql, tables }) => {
    const comparison = await proof.compare(textOf(sql, tables), sql);
    expect(await proof.judge(textOf(sql, tables))).toEqual(comparison.columns.googlesql);
    expectSameRows(comparison);
  });
});

describe('what the models do with single values means the same', () => {
  proves.each(samples)('$table.name', async ({ table, query }) => {
    expectSame(await proof.compare(textOf(query, [table.name]), query));
  });
});

proves('the SQL uses nothing that both engines accept and understand differently', () => {
  // NULL in concat, greatest and least; the number of a weekday; decimals as text.
  const differs = /\b(?:concat|greatest|least|format)\s*\(|\bdayofweek\b|\bto_json_string\b/i;
  const found = [...models, ...checks].filter(({ sql }) => differs.test(sql));
  expect(found.map(({ name }) => name)).toEqual([]);
});

describe('the proof can fail', () => {
  const jobs = 'from st_raw.raw_jobs';

  proves.each([
    `select id::varchar as x ${jobs}`,
    `select strftime(createdOn, '%Y') as x ${jobs}`,
    `select * exclude (id) ${jobs}`,
    `select id as x ${jobs} where jobNumber ilike '1%'`,
    `select cast(total as decimal(38, 10)) as x ${jobs}`,
    `select sum(total) filter (where total > 0) as x ${jobs}`,
  ])('the analyzer refuses what only DuckDB understands: %s', async (sql) => {
    await warehouse.query(sql);
    await expect(proof.judge(textOf(sql, ['st_raw.raw_jobs']))).rejects.toThrow('INVALID_ARGUMENT');
  });

  proves.each(['select pi() as x', 'select [1, 2][0] as x', 'select typeof(1) as x'])(
    'the analyzer refuses what BigQuery lacks: %s',
    async (sql) => {
      await expect(proof.judge(textOf(sql))).rejects.toThrow('INVALID_ARGUMENT');
    },
  );

  proves('the analyzer refuses a table that the header does not name', async () => {
    await expect(proof.judge(textOf(`select id ${jobs}`))).rejects.toThrow('Table not found');
  });

  const numbers = 'from st_ref.sample_numbers';
  proves.each([
    ['a billionth too much', `select n + 0.000000001 as n ${numbers}`],
    ['a row too few', `select n ${numbers} where n != 12345678.123456789`],
    ['a row twice', `select n ${numbers} union all select 1`],
    ['another type', `select cast(n as FLOAT64) as n ${numbers}`],
    ['another name', `select n as m ${numbers}`],
  ])('a difference is seen: %s', async (_, sql) => {
    const comparison = await proof.compare(
      textOf(sql, ['st_ref.sample_numbers']),
      `select n ${numbers}`,
    );
    expect(() => {
      expectSame(comparison);
    }).toThrow();
  });
});
