import { join } from 'node:path';
import type { Claim, TakeClaim } from '../extract/claims.ts';
import { diskFiles, type Files } from '../extract/files.ts';
import { explaining, openSpool, removeSpool, type Spool } from '../extract/spool.ts';
import { Stopped } from '../errors.ts';
import { freeMemory } from '../free-memory.ts';
import type { Logger } from '../logger.ts';
import type { Batch, Control, Entity, Json, Read, Source } from '../model.ts';
import { digestRecords } from './digest-records.ts';
import { cursorFinished, cursorUnderway, parseCursor, toJson } from './cursor.ts';

/** What a moved page or batch adds to the picture. */
export type Progress =
  | { kind: 'planned'; parts: number }
  | { kind: 'page'; entity: string; stream: string; rows: number; bytes: number }
  | { kind: 'commit'; entity: string; stream: string; rows: number }
  | { kind: 'finished'; entity: string; stream: string };

export type MoveDeps = {
  source: Source;
  commit: (entity: Entity, batch: Batch) => Promise<void>;
  /** Waits for its turn to read; given back while the batch waits for the warehouse. */
  reading: <T>(work: () => Promise<T>) => Promise<T>;
  spoolDir: string;
  /** The disk that the spools are on. Default: the machine's own. */
  files?: Files;
  /** Keeps a spool to one process at a time. Default: nobody else is there. */
  claim?: TakeClaim;
  /** A batch is sealed when it holds this many bytes, or when its stream ends. */
  batchBytesMax: number;
  log: Logger;
  /** Aborted: stop as soon as the page in flight can be given up. */
  signal: AbortSignal;
  onProgress: (progress: Progress) => void;
};

/** A stream with what it reads now and, for a fresh read, where it starts. */
export type Move = {
  entity: Entity;
  control: Control;
  read: Read;
  position: Json;
  /** Begins once all other streams of its entity have ended well. */
  afterOthers?: true;
  /** Version of the entity's sync, where pages that were fetched before it moved are void. */
  besideVersion?: number;
  /**
   * What to read when a read that an earlier run began is at its end: that one ends in the earlier run's present.
   * Absent where the end of the read is all that is wanted.
   */
  planNext?: (control: Control) => Move;
};

const unlessStopped = async <T>(work: Promise<T>, signal: AbortSignal): Promise<T> => {
  let stop = (): void => undefined;
  const stopped = new Promise<never>((_, reject) => {
    stop = () => {
      reject(new Stopped('stopped'));
    };
    signal.addEventListener('abort', stop, { once: true });
  });
  if (signal.aborted) stop();
  try {
    return await Promise.race([work, stopped]);
  } finally {
    signal.removeEventListener('abort', stop);
  }
};

/** A name for a folder, inside the folder it is made in. */
const safeName = (name: string): string =>
  name.replace(/[^A-Za-z0-9.-]+/g, '_').replace(/^\.*$/, '_');

/** Where the stream's pages wait. */
export const spoolPath = (
  dir: string,
  { tenantId, entity, stream }: Pick<Control, 'tenantId' | 'entity' | 'stream'>,
): string => join(dir, ...[tenantId, entity, stream].map(safeName));

/** Deletes what a run left that was killed after its last commit: it is of no more use, and it holds records. */
export const removeLeft = (
  { files, spoolDir }: Pick<MoveDeps, 'files' | 'spoolDir'>,
  control: Control,
): Promise<void> => removeSpool(spoolPath(spoolDir, control), files);

/** Reads a set whose pages belong together: it must stand in one batch. */
const isSetRead = (entity: Entity, read: Read): boolean =>
  read.kind === 'whole' ||
  read.kind === 'sets' ||
  (read.kind === 'window' && entity.windows.replaces);

const isFull = (spool: Spool, move: Move, bytesMax: number): boolean => {
  const { bytes, setEnd } = spool.state();
  if (bytes < bytesMax) return false;
  return !isSetRead(move.entity, spool.header.read) || setEnd.bytes === bytes;
};

/** Reads pages into the spool until the batch is full or the stream ends; pages that a crash left there count. */
const fill = async (spool: Spool, move: Move, deps: MoveDeps): Promise<void> => {
  const { entity } = move;
  const { stream, read } = spool.header;
  while (!spool.state().done && !isFull(spool, move, deps.batchBytesMax)) {
    // Streams that waited for their turn get it after a stop too: what they asked for nobody would keep.
    if (deps.signal.aborted) throw new Stopped('stopped');
    const { position } = spool.state();
    const reading = deps.source.readPage(
      entity,
      read,
      position === undefined ? move.position : position,
    );
    const page = await unlessStopped(reading, deps.signal);
    await spool.append(page);
    const { rows, lines } = page;
    deps.log.debug('page', { entity: entity.name, stream, rows, bytes: lines.length });
    deps.onProgress({ kind: 'page', entity: entity.name, stream, rows, bytes: lines.length });
    freeMemory(lines);
  }
};

const seal = async (spool: Spool, records: () => Promise<string>): Promise<Batch> => {
  const { done, position } = spool.state();
  const { read } = spool.header;
  const at = position ?? null;
  const cursor = done
    ? cursorFinished(read, at, read.kind === 'whole' ? await records() : '')
    : cursorUnderway(read, at, parseCursor(spool.header.cursorFrom));
  return spool.seal({ cursorTo: toJson(cursor), done });
};

/** A sync that found nothing new leaves the warehouse alone. */
const changesNothing = (batch: Batch, read: Read): boolean => {
  const known = parseCursor(batch.cursorFrom);
  if (!batch.done || batch.stream !== 'sync' || known.read !== undefined) return false;
  if (read.kind === 'whole') return known.digest === parseCursor(batch.cursorTo).digest;
  if (batch.rows > 0 || batch.scope !== null) return false;
  return read.kind === 'modified' ? known.since !== undefined : known.position !== undefined;
};

const unclaimed: Claim = { check: () => Promise.resolve(), release: () => Promise.resolve() };

/** A batch that was moved, and how it came about. */
type Moved = {
  batch: Batch;
  /** Pages of an earlier run are in it. */
  resumed: boolean;
  /** The control row moved. */
  committed: boolean;
};

const moveBatch = async (move: Move, deps: MoveDeps, claim: Claim): Promise<Moved> => {
  const { entity, control, read, besideVersion } = move;
  const { tenantId, stream, streamId, version, cursor: cursorFrom } = control;
  const header = {
    ...{ tenantId, entity: entity.name, stream, streamId, version, cursorFrom, read },
    ...(besideVersion === undefined ? {} : { besideVersion }),
  };
  const spool = await openSpool(spoolPath(deps.spoolDir, control), header, deps.files);
  const resumed = spool.state().position !== undefined;
  try {
    await deps.reading(() => fill(spool, move, deps));
    const digest = () => digestRecords(deps.files ?? diskFiles, spool.file);
    const batch = await seal(spool, () => explaining(spoolPath(deps.spoolDir, control), digest));
    await claim.check();
    const committed = !changesNothing(batch, spool.header.read);
    if (committed) await deps.commit(entity, batch);
    await spool.remove();
    return { batch, resumed, committed };
  } catch (error) {
    await spool.close();
    throw error;
  }
};

/** The control row after a batch. */
const controlAfter = ({ control }: Move, { batch, committed }: Moved): Control =>
  committed ? { ...control, version: batch.version + 1, cursor: batch.cursorTo } : control;

/** The same stream after a batch was committed: the control row has moved, and reading goes on where it says. */
const afterBatch = (move: Move, moved: Moved): Move => {
  const { read = move.read, position = null } = parseCursor(moved.batch.cursorTo);
  return { ...move, control: controlAfter(move, moved), read, position };
};

/** Moves batch after batch; answers the rows that were read. */
const moveBatches = async (move: Move, deps: MoveDeps, claim: Claim): Promise<number> => {
  const { entity, control } = move;
  const { stream } = control;
  let current = move;
  let resumed = parseCursor(control.cursor).read !== undefined;
  let rows = 0;
  for (;;) {
    const moved = await moveBatch(current, deps, claim);
    const { batch } = moved;
    rows += batch.rows;
    resumed ||= moved.resumed;
    deps.onProgress({ kind: 'commit', entity: entity.name, stream, rows: batch.rows });
    if (!batch.done) {
      current = afterBatch(current, moved);
      continue;
    }
    if (!resumed || move.planNext === undefined) return rows;
    current = move.planNext(controlAfter(current, moved));
    resumed = false;
  }
};

/**
 * Moves one stream to its end: pages into a spool, sealed batches into the warehouse, cursor and data in one commit.
 * Everything that moves data is this function; backfill and sync only give it different reads.
 * @returns the rows that were read.
 * @throws Stopped when the signal was aborted; SourceError, RecordError, WarehouseError as they come.
 */
export const moveStream = async (move: Move, deps: MoveDeps): Promise<number> => {
  const entity = move.entity.name;
  const { stream } = move.control;
  const dir = spoolPath(deps.spoolDir, move.control);
  const claim = (await deps.claim?.(dir, `${entity} (${stream})`)) ?? unclaimed;
  try {
    const rows = await moveBatches(move, deps, claim);
    deps.log.info('stream finished', { entity, stream, rows });
    deps.onProgress({ kind: 'finished', entity, stream });
    return rows;
  } finally {
    await claim.release();
  }
};
