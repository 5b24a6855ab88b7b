import type { Model } from '../../../src/pipeline/read-models.ts';
import { readSeeds } from '../../../src/pipeline/read-seeds.ts';
import { servicetitanEntities as entities } from '../../../src/sources/servicetitan/index.ts';
import type { Row, Warehouse } from '../../../src/warehouses/warehouse.ts';
import { analyze, type Engine } from '../../support/googlesql/analyze.ts';
import { findDifferent, readColumn } from '../../support/googlesql/compare.ts';
import { evaluate, readRows, type Result } from '../../support/googlesql/evaluate.ts';
import { damageTable, whileDamaged, type Damage } from './damage.ts';
import {
  describeTables,
  type Column,
  type FilledTable,
  type Table,
} from '../../support/googlesql/tables.ts';
import { packValue } from '../../support/googlesql/values.ts';

/** A query with the tables it may read: a model or a check. */
export type Text = { name: string; sql: string; sources: readonly string[] };

export type ProofDeps = {
  engine: Engine;
  warehouse: Warehouse;
  models: readonly Model[];
  /** Tables of the warehouse besides those of the project. */
  others: readonly Table[];
};

/** How two engines answered one query. */
export type Comparison = {
  columns: { duckdb: unknown[]; googlesql: Column[] };
} & Difference;

export type Difference = {
  /** How many rows Google's evaluator gave. */
  count: number;
  duckdbOnly: string[];
  googlesqlOnly: string[];
};

export type Proof = {
  /**
   * Has Google's analyzer judge a text, as it stands, against the tables that its header names and no others.
   * @throws Error with the analyzer's words when it refuses the text.
   */
  judge: (text: Text) => Promise<Column[]>;
  /** Compares what the text gives in Google's evaluator with what the query gives in DuckDB. */
  compare: (text: Text, inDuckdb: string) => Promise<Comparison>;
  /** The same, while a table that it reads is damaged in both engines; nothing where that is too large. */
  compareDamaged: (text: Text, name: string, damage: Damage) => Promise<Difference>;
};

/** Larger tables (the calendar) are left whole: each damage to one costs seconds. */
const damagedRowsMax = 5000;

const describeSeeds = async (): Promise<Table[]> =>
  (await readSeeds('sql')).map(({ table, columns }) => ({
    name: table,
    columns: columns.map((name) => ({ name, type: 'STRING' })),
  }));

const fill = (table: Table, rows: readonly Row[]): FilledTable => ({
  ...table,
  rows: rows.map((row) =>
    table.columns.map(({ name, type }) => packValue(type, row[name] ?? null)),
  ),
});

/**
 * Each text is evaluated over what Google's evaluator itself made of the models before it; raw tables, seeds and state
 * tables are read from DuckDB, where the models are already built.
 */
export const openProof = async (deps: ProofDeps): Promise<Proof> => {
  const { engine, warehouse, models } = deps;
  const given = [...describeTables(entities), ...(await describeSeeds()), ...deps.others];
  const known = new Map<string, Promise<Result>>();

  const readAnew = async (name: string): Promise<FilledTable> => {
    const model = models.find((one) => one.name === name);
    if (model !== undefined) return { name, ...(await resultOf(model)) };
    const table = given.find((one) => one.name === name);
    if (table === undefined) throw new Error(`No table is named ${name}.`);
    return fill(table, await warehouse.query(`select * from ${name}`));
  };
  /** Each once: what has been sent to the server in one form need not be written again. */
  const tables = new Map<string, Promise<FilledTable>>();
  const readTable = (name: string): Promise<FilledTable> => {
    const table = tables.get(name) ?? readAnew(name);
    tables.set(name, table);
    return table;
  };
  const readTables = ({ sources }: Text): Promise<FilledTable[]> =>
    Promise.all(sources.map(readTable));
  const evaluateText = async (text: Text): Promise<Result> =>
    evaluate(engine, text.sql, await readTables(text));
  const resultOf = (text: Text): Promise<Result> => {
    const result = known.get(text.name) ?? evaluateText(text);
    known.set(text.name, result);
    return result;
  };

  const findDifference = async (
    { columns, rows }: Result,
    inDuckdb: string,
  ): Promise<Difference> => ({
    count: rows.length,
    ...findDifferent(columns, await warehouse.query(inDuckdb), readRows({ columns, rows })),
  });

  return {
    judge: async (text) => analyze(engine, text.sql, await readTables(text)),
    compare: async (text, inDuckdb) => {
      const result = await resultOf(text);
      const described = await warehouse.query(`describe ${inDuckdb}`);
      return {
        columns: { duckdb: described.map(readColumn), googlesql: result.columns },
        ...(await findDifference(result, inDuckdb)),
      };
    },
    compareDamaged: async (text, name, damage) => {
      const whole = await readTable(name);
      if (whole.rows.length > damagedRowsMax)
        return { count: 0, duckdbOnly: [], googlesqlOnly: [] };
      const others = (await readTables(text)).filter((table) => table.name !== name);
      const result = await evaluate(engine, text.sql, [...others, damageTable(whole, damage)]);
      return whileDamaged(warehouse, whole, damage, () => findDifference(result, text.sql));
    },
  };
};
