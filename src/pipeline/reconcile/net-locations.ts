import type { Row } from '../../warehouses/warehouse.ts';
import type { Nanos } from '../decimals.ts';
import type { MartDeps } from '../kpis/read-mart.ts';
import type { KeyPlace } from './find-columns.ts';
import type { ReportLine } from './read-lines.ts';

/** A location owes when its net is at least this: 10.00 */
const owedMin: Nanos = 10_000_000_000n;

/** What is known of an invoice: its location, `null` where that has no name and so does not count. */
type Locations = ReadonlyMap<string, string | null>;

const invoiceLocations = (idSql: string): string => `
  select
    ${idSql} as id,
    if(
      dim.locationName is null,
      null,
      coalesce(cast(dim.locationId as string), dim.locationName)
    ) as location
  from
    st_dim.dim_invoices as dim
    left join st_raw.raw_invoices as invoices
      on invoices.tenant_id = dim.tenant_id and invoices.id = dim.invoiceId
  where dim.tenant_id = @tenant`;

const textOf = (row: Row, column: string): string | null => {
  const value = row[column];
  return typeof value === 'string' ? value : null;
};

/** Where our invoices are, by the name that the report gives them. */
export const readLocations = async (
  { warehouse, tenantId }: MartDeps,
  keys: readonly KeyPlace[],
): Promise<Locations> => {
  const [place] = keys;
  if (place?.key.name !== 'invoice') return new Map();
  const idSql =
    place.column.holds === 'id'
      ? 'cast(dim.invoiceId as string)'
      : 'trim(invoices.referenceNumber)';
  const rows = await warehouse.query(invoiceLocations(idSql), { tenant: tenantId });
  return new Map(rows.map((row) => [textOf(row, 'id') ?? '', textOf(row, 'location')]));
};

const unitOf = ({ placed }: ReportLine): string => (placed.how === 'unit' ? placed.name : '');

export type Netted = {
  lines: ReportLine[];
  /** Lines of locations that owe a unit too little to count, or have no name. */
  small: number;
  nameless: number;
};

/**
 * Nets open balances by unit and location as the KPI does: what is owed by a location that owes less than 10.00 in all
 * does not count.
 */
export const netLocations = (lines: readonly ReportLine[], locations: Locations): Netted => {
  const locationOf = (line: ReportLine): string | null => {
    const [id = ''] = line.ids;
    const known = locations.get(id);
    if (known !== undefined) return known;
    return line.locationId === '' ? `of ${id}` : line.locationId;
  };
  const keyOf = (line: ReportLine): string => JSON.stringify([unitOf(line), locationOf(line)]);
  const named = lines.filter((line) => locationOf(line) !== null);
  const nets = new Map<string, Nanos>();
  for (const line of named) {
    nets.set(keyOf(line), (nets.get(keyOf(line)) ?? 0n) + (line.parts[0] ?? 0n));
  }
  const owed = named.filter((line) => (nets.get(keyOf(line)) ?? 0n) >= owedMin);
  return {
    lines: owed,
    small: named.length - owed.length,
    nameless: lines.length - named.length,
  };
};
