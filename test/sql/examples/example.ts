import type { Amount } from '../../../src/pipeline/kpis/amounts.ts';
import type { GivenRow } from '../support/model-rig.ts';

/** Rows of one raw table, each with what becomes of it. */
export type GivenTable = { table: string; rows: readonly { row: GivenRow; why: string }[] };

/** Invented records, and the number that the models make of them. */
export type Example = {
  kpi: string;
  unit: string;
  date: string;
  given: readonly GivenTable[];
  /** Columns of `st_mart.daily_kpis` on that date: of the unit, then of others. */
  expected: readonly { unit: string; numbers: Readonly<Record<string, Amount>> }[];
};
