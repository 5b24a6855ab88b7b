import { closeSync, ftruncateSync, openSync, writeFileSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import type { Control, Entity, Json } from '../../../src/model.ts';
import type { Row, Staged } from '../../../src/warehouses/warehouse.ts';
import type { Answers, Call, Snapshot } from './calls.ts';
import type { SimulatedWarehouse } from './rigs.ts';

/** Calls of one kind, with who makes each. */
type Group<K extends Call['kind'] = Call['kind']> = readonly Extract<Call, { kind: K }>[];

/** What came of a call. */
export type Result = { value: unknown } | { error: unknown };

const quote = (texts: readonly string[]): string =>
  [...new Set(texts)].map((text) => `'${text}'`).join(', ');

/** No clock ticks here; each warehouse writes instants in its own way. */
const withoutClock = (control: Control): Control => ({ ...control, updatedAt: '' });

/** Calls that the warehouse can make as one. */
const groupOf = (call: Call): string => {
  if (call.kind === 'stage') return `stage ${call.entity.name}`;
  if (call.kind === 'commit') return `commit ${call.staged.table}`;
  if (call.kind === 'dropStaged') return 'dropStaged';
  return call.kind;
};

const toControl = (row: Row): Control => ({
  tenantId: String(row.tenant_id),
  entity: String(row.entity),
  stream: String(row.stream),
  streamId: String(row.stream_id),
  version: Number(row.version),
  cursor: JSON.parse(String(row.cursor)) as Json,
  done: row.done === true,
  rowsStored: Number(row.rows_stored),
  updatedAt: String(row.updated_at),
});

/** Writes into the blocks that the file has: to free them first takes many times as long. */
const writeAnew = (file: string, content: Buffer): void => {
  const handle = openSync(file, 'r+');
  writeSync(handle, content, 0, content.length, 0);
  ftruncateSync(handle, content.length);
  closeSync(handle);
};

/**
 * One warehouse for many schedules, each a tenant of its own: what several of them ask for at the same time is asked as
 * one call, as the pipeline itself does with the batches of several streams. A call that fails is made again for each
 * half of them, down to the one that it fails for.
 */
export const shareWarehouse = (
  warehouse: SimulatedWarehouse,
  directory: string,
  entities: readonly Entity[],
) => {
  let files = 0;
  /** Files that no call reads any more. */
  const free: string[] = [];
  let reads = 0;
  /** Schedules that hold a part of a staging table, by its name. */
  const holders = new Map<
    string,
    { staged: Staged; paths: string[]; open: number; isLeft: boolean }
  >();

  const readControls = async (calls: Group<'readControls'>): Promise<Control[][]> => {
    const rows = await warehouse.query(
      `select tenant_id, entity, stream, stream_id, version, cursor, done, rows_stored, updated_at
      from st_ops.cursors where tenant_id in (${quote(calls.map(({ tenantId }) => tenantId))})
      order by tenant_id, entity, stream`,
    );
    const controls = rows.map(toControl);
    const answers = calls.map(({ tenantId, entity }) =>
      controls.filter(
        (control) =>
          control.tenantId === tenantId && (entity === undefined || control.entity === entity),
      ),
    );
    // One query for all stands in for the warehouse's own; now and then the two are compared.
    const [call] = calls;
    if (call !== undefined && (reads += 1) % 40 === 1) {
      const own = await warehouse.readControls(call.tenantId, call.entity);
      if (JSON.stringify(own.map(withoutClock)) !== JSON.stringify(answers[0]?.map(withoutClock))) {
        throw new Error('control rows are not what the warehouse reads');
      }
    }
    await warehouse.staging?.clear(controls);
    return answers;
  };

  const stage = async (calls: Group<'stage'>): Promise<Staged[]> => {
    const [first] = calls;
    if (first === undefined) return [];
    const paths: string[] = [];
    const batches = calls.map((call) =>
      call.batches.map(({ batch, content }) => {
        const used = free.pop();
        const file = used ?? join(directory, `${(files += 1)}.ndjson`);
        if (used === undefined) writeFileSync(file, content);
        else writeAnew(file, content);
        paths.push(file);
        return { ...batch, file };
      }),
    );
    try {
      const staged = await warehouse.stage(first.entity, batches.flat());
      holders.set(staged.table, { staged, paths, open: calls.length, isLeft: false });
      return batches.map((own) => {
        const loadIds = own.map(({ loadId }) => loadId);
        const fresh = staged.batches.filter(({ loadId }) => loadIds.includes(loadId));
        const rows = fresh.reduce((sum, batch) => sum + batch.rows, 0);
        return { ...staged, batches: fresh, rows, rejects: 0 };
      });
    } catch (error) {
      free.push(...paths);
      throw error;
    }
  };

  const commit = async (calls: Group<'commit'>): Promise<Answers['commit'][]> => {
    const [first] = calls;
    if (first === undefined) return [];
    const batches = calls.flatMap(({ staged }) => staged.batches);
    const done = await warehouse.commit({ ...first.staged, batches }, first.runId);
    return calls.map(({ staged }) => {
      const own = staged.batches.map(({ loadId }) => loadId);
      const loadIds = done.loadIds.filter((loadId) => own.includes(loadId));
      return { loadIds, inserted: 0, updated: 0, deleted: 0, rejects: 0 };
    });
  };

  const release = async (table: string): Promise<void> => {
    const holder = holders.get(table);
    if (holder === undefined) return;
    holder.open -= 1;
    if (holder.open > 0) return;
    holders.delete(table);
    free.push(...holder.paths);
    if (holder.isLeft) warehouse.staging?.forget(table);
    else await warehouse.dropStaged(holder.staged);
  };

  /** The program died that held a part of it: what a warehouse keeps of staging then, it has to clear itself. */
  const leave = async (table: string): Promise<void> => {
    const holder = holders.get(table);
    if (holder !== undefined && warehouse.staging !== undefined) holder.isLeft = true;
    await release(table);
  };

  const inspect = async (
    tenantIds: readonly string[],
    wanted: readonly Entity[],
  ): Promise<Map<string, Map<string, Snapshot>>> => {
    const names = quote(wanted.map(({ name }) => name));
    const where = `tenant_id in (${quote(tenantIds)})`;
    const controls = await warehouse.query(
      `select tenant_id, entity, stream, version, cursor, done from st_ops.cursors
      where ${where} and entity in (${names})`,
    );
    const ledger = await warehouse.query(
      `select tenant_id, entity, stream, version, load_id, cursor_from, cursor_to, rows_inserted
      from st_ops.ledger where ${where} and entity in (${names})`,
    );
    const rows = await warehouse.query(
      wanted
        .map(
          ({ name, table }) =>
            `select tenant_id, '${name}' as entity, payload, _deleted from st_raw.${table} where ${where}`,
        )
        .join(' union all '),
    );
    const found = new Map<string, Map<string, Snapshot>>();
    const empty = (): { [K in keyof Snapshot]: Snapshot[K][number][] } => ({
      controls: [],
      ledger: [],
      rows: [],
    });
    type Draft = ReturnType<typeof empty>;
    const of = (row: Row): Draft =>
      found.get(String(row.tenant_id))?.get(String(row.entity)) as Draft;
    for (const tenantId of tenantIds) {
      found.set(tenantId, new Map(wanted.map(({ name }) => [name, empty()])));
    }
    for (const row of controls) {
      of(row).controls.push({
        ...{ stream: String(row.stream), version: Number(row.version), done: row.done === true },
        cursor: JSON.parse(String(row.cursor)) as Json,
      });
    }
    for (const row of ledger) {
      of(row).ledger.push({
        ...{
          stream: String(row.stream),
          version: Number(row.version),
          loadId: String(row.load_id),
        },
        ...{ cursorFrom: String(row.cursor_from), cursorTo: String(row.cursor_to) },
        rowsInserted: Number(row.rows_inserted),
      });
    }
    for (const row of rows) {
      of(row).rows.push({ payload: String(row.payload), deleted: row._deleted === true });
    }
    return found;
  };

  const run = async (calls: readonly Call[]): Promise<unknown[]> => {
    const kind = calls[0]?.kind;
    switch (kind) {
      case 'readControls':
        return readControls(calls as Group<'readControls'>);
      case 'planStreams':
        await warehouse.planStreams(
          (calls as Group<'planStreams'>).flatMap(({ streams }) => streams),
        );
        return calls.map(() => undefined);
      case 'restartStreams':
        await warehouse.restartStreams(
          (calls as Group<'restartStreams'>).flatMap(({ streams }) => streams),
        );
        return calls.map(() => undefined);
      case 'recordRuns':
        await warehouse.recordRuns((calls as Group<'recordRuns'>).flatMap(({ rows }) => rows));
        return calls.map(() => undefined);
      case 'stage':
        return stage(calls as Group<'stage'>);
      case 'commit':
        return commit(calls as Group<'commit'>);
      case 'dropStaged':
        for (const { staged } of calls as Group<'dropStaged'>) await release(staged.table);
        return calls.map(() => undefined);
      case 'execute':
        for (const { sql } of calls as Group<'execute'>) await warehouse.execute(sql);
        return calls.map(() => undefined);
      case 'inspect': {
        const tenantIds = (calls as Group<'inspect'>).map(({ tenantId }) => tenantId);
        const found = await inspect(tenantIds, entities);
        return tenantIds.map((tenantId) => found.get(tenantId));
      }
      case undefined:
        return [];
    }
  };

  /** Commits that another writer seems to have overtaken: together with others they would hold those up. */
  const findLate = async (calls: Group<'commit'>): Promise<Set<Call>> => {
    const tenantIds = calls.flatMap(({ staged }) => staged.batches.map(({ tenantId }) => tenantId));
    if (tenantIds.length === 0) return new Set();
    const rows = await warehouse.query(
      `select tenant_id, entity, stream, version from st_ops.cursors where tenant_id in (${quote(tenantIds)})`,
    );
    const nameOf = (...parts: unknown[]): string => JSON.stringify(parts);
    const versions = new Map(
      rows.map((row) => [nameOf(row.tenant_id, row.entity, row.stream), Number(row.version)]),
    );
    const isLate = ({ staged }: Group<'commit'>[number]): boolean =>
      staged.batches.some(
        ({ tenantId, entity, stream, version }) =>
          versions.get(nameOf(tenantId, entity, stream)) !== version,
      );
    return new Set(calls.filter(isLate));
  };

  /** Makes the calls as one, but for those that would fail for themselves. */
  const make = async (calls: readonly Call[]): Promise<Result[]> => {
    if (calls[0]?.kind !== 'commit' || calls.length === 1) return attempt(calls);
    const late = await findLate(calls as Group<'commit'>);
    const inTime = await attempt(calls.filter((call) => !late.has(call)));
    const results: Result[] = [];
    for (const call of calls) {
      const [result] = late.has(call) ? await attempt([call]) : inTime.splice(0, 1);
      if (result === undefined) throw new Error('a call has no result');
      results.push(result);
    }
    return results;
  };

  /** Makes the calls as one; where that fails, each half of them for itself. */
  const attempt = async (calls: readonly Call[]): Promise<Result[]> => {
    if (calls.length === 0) return [];
    try {
      return (await run(calls)).map((value) => ({ value }));
    } catch (error) {
      if (calls.length === 1) return [{ error }];
    }
    const half = Math.floor(calls.length / 2);
    return [...(await attempt(calls.slice(0, half))), ...(await attempt(calls.slice(half)))];
  };

  return {
    groupOf,
    make,
    inspect,
    release,
    leave,
    /**
     * Staging that is there once all runs have ended, and one more has looked: a table that several schedules share is
     * held until the last of them lets go, which may be after the next run of the one that died.
     */
    listLeft: async (tenantIds: readonly string[]): Promise<string[]> => {
      if (warehouse.staging === undefined) return [];
      await readControls(
        tenantIds.map((tenantId) => ({ kind: 'readControls', tenantId, entity: undefined })),
      );
      return warehouse.staging.list();
    },
    staged: (): string[] => [...holders.keys()],
  };
};

export type SharedWarehouse = ReturnType<typeof shareWarehouse>;
