/** Sealed batches into a raw table, without a source: reading and typing (`stage`), then merging (`merge`). */
import { runStage } from '../run-stage.js';
import { createHash } from 'node:crypto';
import { statSync } from 'node:fs';
import { performance } from 'node:perf_hooks';
import { servicetitanEntities } from '../../dist/sources/servicetitan/index.js';
import { openWarehouse, tenant } from '../open-program.js';

const toBatch = (entity, { file, rows }, version) => ({
  loadId: createHash('sha256').update(file).digest('hex').slice(0, 32),
  tenantId: tenant.tenantId,
  entity,
  stream: 'sync',
  version,
  cursorFrom: null,
  cursorTo: { version },
  done: false,
  file,
  rows,
  bytes: statSync(file).size,
  sha256: '',
  pages: [{ rows, extractedAt: '2026-06-30T18:00:00.000Z' }],
  scope: null,
});

/** Loads the batches of one entity, one after the other, and adds the seconds of both steps. */
const loadAll = async (warehouse, { name, files }, took) => {
  const entity = servicetitanEntities.find((candidate) => candidate.name === name);
  await warehouse.planStreams([
    { tenantId: tenant.tenantId, entity: name, stream: 'sync', cursor: null },
  ]);
  for (const [version, file] of files.entries()) {
    const startedAt = performance.now();
    const staged = await warehouse.stage(entity, [toBatch(name, file, version)]);
    took.stageSeconds += (performance.now() - startedAt) / 1000;
    await warehouse.commit(staged, 'bench');
    await warehouse.dropStaged(staged);
  }
};

await runStage(
  async ({ loads }, warehouse) => {
    const took = { stageSeconds: 0 };
    for (const load of loads) await loadAll(warehouse, load, took);
    await warehouse.close();
    const files = loads.flatMap((load) => load.files);
    const bytes = files.reduce((sum, { file }) => sum + statSync(file).size, 0);
    return { bytes, rows: files.reduce((sum, { rows }) => sum + rows, 0), ...took };
  },
  async (settings) => {
    const warehouse = await openWarehouse(settings);
    await warehouse.prepare(servicetitanEntities);
    return warehouse;
  },
);
