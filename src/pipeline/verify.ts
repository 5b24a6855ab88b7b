import type { Entity } from '../model.ts';
import type { Row, Warehouse } from '../warehouses/warehouse.ts';

/** Ledger against table, for one entity. */
export type Verified = {
  entity: string;
  /** Rows that the ledger says were inserted. */
  ledgerRows: number;
  tableRows: number;
  /** Rows whose load the ledger does not know. */
  strangers: number;
  /** Streams whose control row is behind a load that the ledger holds: the cursor was set back by hand. */
  streamsBehind: number;
  ok: boolean;
};

const ledgerRows = `
  select entity, sum(rows_inserted) as n
  from st_ops.ledger
  where tenant_id = @tenant
  group by entity`;

const streamsBehind = `
  select ledger.entity, count(distinct ledger.stream) as n
  from
    st_ops.ledger
    left join st_ops.cursors
      on cursors.tenant_id = ledger.tenant_id
      and cursors.entity = ledger.entity
      and cursors.stream = ledger.stream
  where ledger.tenant_id = @tenant and coalesce(cursors.version, 0) <= ledger.version
  group by ledger.entity`;

const tableRows = ({ name, table }: Entity): string => `
  select
    '${name}' as entity,
    count(*) as n,
    countif(ledger.load_id is null) as strangers
  from
    st_raw.${table} as raw_rows
    left join st_ops.ledger
      on ledger.load_id = raw_rows._load_id
      and ledger.tenant_id = raw_rows.tenant_id
      and ledger.entity = '${name}'
  where raw_rows.tenant_id = @tenant`;

const numberOf = (rows: Row[], entity: string, column: string): number =>
  Number(rows.find((row) => row.entity === entity)?.[column] ?? 0);

/** Compares what the ledger says was stored with what the raw tables hold. */
export const verify = async (
  warehouse: Warehouse,
  options: { entities: readonly Entity[]; tenantId: string },
): Promise<Verified[]> => {
  const parameters = { tenant: options.tenantId };
  const ledger = await warehouse.query(ledgerRows, parameters);
  const behind = await warehouse.query(streamsBehind, parameters);
  const tables = await warehouse.query(
    options.entities.map(tableRows).join('\nunion all\n'),
    parameters,
  );
  return options.entities.map(({ name }) => {
    const row = {
      entity: name,
      ledgerRows: numberOf(ledger, name, 'n'),
      tableRows: numberOf(tables, name, 'n'),
      strangers: numberOf(tables, name, 'strangers'),
      streamsBehind: numberOf(behind, name, 'n'),
    };
    const ok = row.ledgerRows === row.tableRows && row.strangers === 0 && row.streamsBehind === 0;
    return { ...row, ok };
  });
};
