import { readPlaceConfig } from '../config.ts';
import { servicetitanEntities } from '../sources/servicetitan/servicetitan-entities.ts';
import type { SetUp } from '../warehouses/warehouse.ts';
import { formatTable } from './format-table.ts';
import type { Io } from './io.ts';
import { openWarehouse } from './open-pipeline.ts';

const count = (done: readonly SetUp[], outcome: SetUp['outcome']): number =>
  done.filter((one) => one.outcome === outcome).length;

const print = (done: readonly SetUp[], io: Io): void => {
  io.out(
    formatTable(
      ['', 'name', 'outcome', ''],
      done.map(({ kind, name, outcome, remark }) => [kind, name, outcome, remark]),
    ),
  );
  io.out(
    `${count(done, 'created')} created, ${count(done, 'changed')} changed, ${count(done, 'found')} found as they were`,
  );
};

/** `fieldmart setup`: makes the file or the datasets, and the tables in them; mends what is there. */
export const runSetup = async (io: Io): Promise<number> => {
  const config = readPlaceConfig(io.env);
  const warehouse = await openWarehouse(config, io);
  try {
    const done = await warehouse.setUp(servicetitanEntities);
    if (io.json) io.out(JSON.stringify({ runId: io.runId, done }));
    else if (!io.quiet) print(done, io);
    const created = count(done, 'created');
    io.summarize({ created, changed: count(done, 'changed') });
    return 0;
  } finally {
    await warehouse.close();
  }
};
