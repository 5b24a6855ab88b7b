import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Batch, Entity } from '../../../../src/model.ts';
import { openSession, type Session } from '../../../../src/warehouses/duckdb/open-session.ts';
import { instant, makeDirectory } from '../fixtures.ts';

/** A batch of these lines, in a folder of its own: three pages, one of them empty. */
export const sealLines = async (entity: Entity, lines: readonly string[]): Promise<Batch> => {
  const file = join(await makeDirectory(), 'records.ndjson');
  const text = lines.map((line) => `${line}\n`).join('');
  await writeFile(file, text);
  const half = Math.floor(lines.length / 2);
  return {
    ...{ loadId: 'a'.repeat(32), tenantId: '77', entity: entity.name, stream: 'sync', version: 0 },
    ...{ cursorFrom: null, cursorTo: null, done: true, sha256: '', scope: null, file },
    rows: lines.length,
    bytes: Buffer.byteLength(text),
    pages: [
      { rows: half, extractedAt: instant(0) },
      { rows: 0, extractedAt: instant(1) },
      { rows: lines.length - half, extractedAt: instant(2) },
    ],
  };
};

export const openMemory = (): Promise<Session> =>
  openSession({ path: ':memory:', datasetPrefix: '', memoryMbMax: 512 });
