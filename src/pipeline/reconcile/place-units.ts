import { ConfigError } from '../../errors.ts';
import type { Row } from '../../warehouses/warehouse.ts';
import { noUnit, type Kpi } from '../kpis/kpis.ts';
import type { MartDeps } from '../kpis/read-mart.ts';
import { showText } from './show-text.ts';

/**
 * Where a row of a report belongs.
 * - `unit`: the unit that its business unit rolls up to, or one of its own where no roll-up knows it.
 * - `other`: a unit that the KPI is not a number of.
 */
export type Placed = { how: 'unit'; name: string; isKnown: boolean } | { how: 'other' };

/** Places a business unit, given by name or id. */
export type PlaceUnit = (businessUnit: string) => Placed;

type Rollup = { name: string; kind: string };

const rollups = `
  select
    cast(businessUnitId as string) as business_unit_id,
    businessUnitName as business_unit_name,
    rollupName as rollup_name,
    unitKind as unit_kind
  from st_ref.dim_bu_rollup
  where tenant_id = @tenant
  order by businessUnitId`;

const fold = (name: string): string => name.trim().replace(/\s+/g, ' ').toLowerCase();

const textOf = (row: Row, column: string): string => {
  const value = row[column];
  return typeof value === 'string' ? value.trim() : '';
};

/** Names win over ids, since a report that gives ids gives no names; a rolled-up unit is known by its own name too. */
const indexRollups = (rows: readonly Row[]): Map<string, Rollup[]> => {
  const index = new Map<string, Rollup[]>();
  const add = (key: string, rollup: Rollup): void => {
    const known = index.get(fold(key)) ?? [];
    if (known.some(({ name, kind }) => name === rollup.name && kind === rollup.kind)) return;
    index.set(fold(key), [...known, rollup]);
  };
  for (const row of rows) {
    const rollup = { name: textOf(row, 'rollup_name'), kind: textOf(row, 'unit_kind') };
    add(textOf(row, 'business_unit_name'), rollup);
    add(textOf(row, 'business_unit_id'), rollup);
  }
  for (const row of rows) {
    const rollup = { name: textOf(row, 'rollup_name'), kind: textOf(row, 'unit_kind') };
    if (!index.has(fold(rollup.name))) add(rollup.name, rollup);
  }
  return index;
};

/** Reads the roll-up of the tenant, and places business units by it as the KPI does. */
export const readPlaceUnit = async (
  { warehouse, tenantId }: MartDeps,
  kpi: Kpi,
): Promise<PlaceUnit> => {
  const index = indexRollups(await warehouse.query(rollups, { tenant: tenantId }));
  const kinds: readonly string[] = kpi.kinds;
  /** Money that reaches no unit is a part of it, as nothing else is. */
  const keepsAll = kpi.name === 'dollars_collected';

  return (businessUnit) => {
    const [rollup, twin] = index.get(fold(businessUnit)) ?? [];
    if (twin !== undefined) {
      throw new ConfigError(
        `Cannot place business unit ${showText(businessUnit)}: units of that name roll up to ${rollup?.name ?? ''} and to ` +
          `${twin.name}; export the report with Business Unit ID`,
      );
    }
    if (rollup !== undefined && kinds.includes(rollup.kind)) {
      return { how: 'unit', name: rollup.name, isKnown: true };
    }
    if (keepsAll) return { how: 'unit', name: noUnit, isKnown: rollup !== undefined };
    if (rollup !== undefined) return { how: 'other' };
    const name = `${showText(businessUnit)} ${noUnit}`.trim();
    return { how: 'unit', name, isKnown: false };
  };
};
