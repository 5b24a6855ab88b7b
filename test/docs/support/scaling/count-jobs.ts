import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Batch, Scope } from '../../../../src/model.ts';
import { servicetitanEntities } from '../../../../src/sources/servicetitan/index.ts';
import { commit } from '../../../../src/warehouses/bigquery/commit.ts';
import { planStreams, readControls } from '../../../../src/warehouses/bigquery/controls.ts';
import { openCosts } from '../../../../src/warehouses/bigquery/costs.ts';
import { recordCosts } from '../../../../src/warehouses/bigquery/record-costs.ts';
import { recordRows } from '../../../../src/warehouses/bigquery/record-rows.ts';
import { stage, type StagedFacts } from '../../../../src/warehouses/bigquery/stage.ts';
import { makeTempDir } from '../../../support/temp-dir.ts';
import { openFakeSession, type Sent } from './fake-session.ts';

/** Jobs, and tables that a statement of theirs reads or changes: each is billed at least the least. */
export type Counted = Omit<Sent, 'queries'> & {
  queries: number;
  /** Raw tables not counted. */
  tables: number;
  rawTables: number;
};

const at = '2026-03-10T00:00:00.000Z';
const loadId = 'load';

/** A statement is billed for what it reads and, unless it only inserts or creates, for what it changes. */
const tablesOf = (statement: string): string[] => {
  const found = [...statement.matchAll(/\bst_\w+\.\w+/g)].map(([name]) => name);
  const isOnlyWritten = /^\s*(?:insert into|create or replace table)\b/.test(statement);
  return [...new Set(isOnlyWritten ? found.slice(1) : found)];
};

const count = ({ queries, ...sent }: Sent): Counted => {
  const tables = queries.flatMap((sql) => sql.split(/;\n/).flatMap(tablesOf));
  const raw = tables.filter((name) => name.startsWith('st_raw.'));
  return {
    ...sent,
    queries: queries.length,
    tables: tables.length - raw.length,
    rawTables: raw.length,
  };
};

const answerFacts = (marks: boolean) => (sql: string) => {
  if (marks && sql.startsWith('select distinct')) return { load_id: loadId, month: '24314' };
  return sql.includes('countif(_use) as used')
    ? {
        load_id: loadId,
        rejects: '0',
        unreadable: '0',
        used: '1',
        drifting: '0',
        months: '24314',
        ids: '1',
      }
    : undefined;
};

/**
 * What staging and committing one batch of jobs takes.
 * @param marks The complete set lacks a row that is stored.
 */
export const countCommit = async (scope: Scope, marks = false): Promise<Counted> => {
  const [entity] = servicetitanEntities;
  if (entity === undefined) throw new Error('there is no entity');
  const file = join(await makeTempDir(), 'spool.ndjson');
  await writeFile(file, '{"id":1}\n');
  const batch: Batch = {
    ...{ loadId, tenantId: '1', entity: entity.name, stream: 'sync', version: 0 },
    ...{ cursorFrom: null, cursorTo: null, done: true, file, rows: 1, bytes: 9, sha256: '', scope },
    pages: [{ rows: 1, extractedAt: at }],
  };
  const { session, sent } = openFakeSession(answerFacts(marks));
  let kept: StagedFacts | undefined;
  const staged = await stage(session, { entity, batches: [batch], handle: 'h' }, (facts) => {
    kept = facts;
  });
  if (kept === undefined) throw new Error('nothing was staged');
  const books = { staging: { bytesBilled: 1, slotMs: 1 }, costs: openCosts() };
  await commit(session, staged, kept, { stamp: { at, runId: 'run' }, books });
  return count(sent);
};

/** What a sync takes beside its commits: it plans, reads the control rows, records its run twice and its costs. */
export const countRun = async (): Promise<Counted> => {
  const { session, sent } = openFakeSession((sql) =>
    sql.startsWith('select tenant_id, entity, stream from')
      ? { tenant_id: '1', entity: 'jobs', stream: 'sync' }
      : undefined,
  );
  const stream = { tenantId: '1', entity: 'jobs', stream: 'sync', cursor: null };
  await planStreams(session, [stream], at);
  await readControls(session, '1');
  const run = { runId: 'run', command: 'sync', tenantId: '1', entity: 'jobs', startedAt: at };
  await recordRows(session, 'runs', [run]);
  await recordRows(session, 'runs', [run]);
  const cost = { entity: 'jobs', step: 'commit', jobs: 1, bytesBilled: 1, slotMs: 1 } as const;
  await recordCosts(session, [cost], at);
  return count(sent);
};
