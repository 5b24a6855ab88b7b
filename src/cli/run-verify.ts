import { readConfig } from '../config.ts';
import { CheckError } from '../errors.ts';
import { verify } from '../pipeline/verify.ts';
import { servicetitanEntities } from '../sources/servicetitan/servicetitan-entities.ts';
import { formatTable } from './format-table.ts';
import type { Io } from './io.ts';
import { openWarehouse } from './open-pipeline.ts';

/** `fieldmart verify`: compares the ledger with the raw tables. */
export const runVerify = async (io: Io): Promise<number> => {
  const config = readConfig(io.env);
  const warehouse = await openWarehouse(config, io);
  try {
    await warehouse.prepare(servicetitanEntities);
    const { tenantId } = config;
    const verified = await verify(warehouse, { entities: servicetitanEntities, tenantId });
    const columns = [
      'entity',
      'ledger rows',
      'table rows',
      'unknown loads',
      'streams behind',
      'verdict',
    ];
    io.out(
      io.json
        ? JSON.stringify(verified)
        : formatTable(
            columns,
            verified.map((row) => [
              row.entity,
              row.ledgerRows,
              row.tableRows,
              row.strangers,
              row.streamsBehind,
              row.ok ? 'equal' : 'DIFFERENT',
            ]),
          ),
    );
    const wrong = verified.filter(({ ok }) => !ok).map(({ entity }) => entity);
    if (wrong.length === 0) return 0;
    throw new CheckError(
      `Cannot vouch for ${wrong.join(', ')}: ledger and table differ, so something else than fieldmart changed the ` +
        'database; restore a backup of it, or set it aside and backfill into a new one',
    );
  } finally {
    await warehouse.close();
  }
};
