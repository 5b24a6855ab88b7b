import type { UnitRow } from '../rows.ts';
import type { Tables } from '../world.ts';

/** What a run asks for: local days, both included, and business units (null: all). */
export type Period = { from: number; to: number; unitIds: ReadonlySet<number> | null };

/** A column as reports describe it, and its JSON text in a row. */
export type ReportColumn<R> = {
  name: string;
  label: string;
  dataType: 'String' | 'Number' | 'Boolean' | 'Date' | 'Time';
  text: (row: R) => string;
};

/** What a report says of itself. */
export type ReportFacts = { category: string; id: number; name: string; description: string };

/** A report of the company: its columns, and its rows as JSON texts of arrays in their order. */
export type Report = ReportFacts & {
  fields: readonly Pick<ReportColumn<never>, 'name' | 'label' | 'dataType'>[];
  run: (tables: Tables, period: Period) => string[];
};

/** A report from its columns and the rows that it selects. */
export function createReport<R>(
  definition: ReportFacts & {
    columns: readonly ReportColumn<R>[];
    select: (tables: Tables, period: Period) => Iterable<R>;
  },
): Report {
  const { columns, select, ...facts } = definition;
  return {
    ...facts,
    fields: columns.map(({ name, label, dataType }) => ({ name, label, dataType })),
    run: (tables, period) =>
      [...select(tables, period)].map(
        (row) => `[${columns.map(({ text }) => text(row)).join(',')}]`,
      ),
  };
}

/** Whether a day lies in the period; NaN does not. */
export function isInPeriod(dayNumber: number, { from, to }: Period): boolean {
  return dayNumber >= from && dayNumber <= to;
}

/** Whether the period's units include this one. */
export function isOfUnits(unit: UnitRow, { unitIds }: Period): boolean {
  return unitIds?.has(unit.id) ?? true;
}

/** Records that count: neither inactive nor removed. */
export function isHere(row: { active: boolean; removed: boolean }): boolean {
  return row.active && !row.removed;
}
