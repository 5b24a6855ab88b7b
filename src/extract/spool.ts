import { createHash } from 'node:crypto';
import { constants } from 'node:fs';
import { join } from 'node:path';
import { WarehouseError } from '../errors.ts';
import type { Batch, Json, Page } from '../model.ts';
import { diskFiles, type Files, type OpenFile } from './files.ts';
import {
  applyLine,
  emptyState,
  parseJournal,
  toLine,
  type JournalLine,
  type SpoolHeader,
  type SpoolState,
} from './journal.ts';

/** A batch in the making: a file of records and the journal that says how much of it counts. */
export type Spool = {
  header: SpoolHeader;
  /** NDJSON of the records. */
  file: string;
  state: () => Readonly<SpoolState>;
  /** Writes a page and makes it durable; once this returns the page is never fetched again. */
  append: (page: Page) => Promise<void>;
  /** Closes the batch. The same pages under the same header always give the same load id. */
  seal: (end: { cursorTo: Json; done: boolean }) => Batch;
  /** Closes the files and leaves them for the next run. */
  close: () => Promise<void>;
  /** Deletes the spool: after its commit, or when it is of no use. */
  remove: () => Promise<void>;
};

/** A write may take only part of the bytes, as on a disk that is nearly full. */
const writeAll = async (file: OpenFile, bytes: Buffer, position: number): Promise<void> => {
  for (let done = 0; done < bytes.length;) {
    const left = bytes.length - done;
    done += (await file.write(bytes, done, left, position + done)).bytesWritten;
  }
};

const sha256 = (bytes: Buffer | string): string => createHash('sha256').update(bytes).digest('hex');

/** Turns a full disk or a forbidden folder into a line that says what to do; anything else is a bug. */
const explain = (error: unknown, dir: string): unknown => {
  const code = (error as NodeJS.ErrnoException).code;
  const state = {
    ENOSPC: 'the disk is full; free some space and repeat the command to go on',
    EDQUOT: 'the disk quota is used up; free some space and repeat the command to go on',
    EACCES: 'permission denied; make it writable or set SPOOL_DIR to another folder',
    EFBIG:
      'a limit on the size of files is reached; raise it (ulimit -f) and repeat the command to go on',
    EIO: 'the disk cannot be read or written; set SPOOL_DIR to another disk',
    ENOENT: 'the system takes no folder there; set SPOOL_DIR to another folder',
    EPERM: 'permission denied; make it writable or set SPOOL_DIR to another folder',
    EROFS: 'the file system is read-only; set SPOOL_DIR to another folder',
    ENOTDIR: 'a part of the path is no folder; set SPOOL_DIR to another folder',
    EEXIST: 'a part of the path is no folder; set SPOOL_DIR to another folder',
  }[code ?? ''];
  if (state === undefined) return error;
  return new WarehouseError(`Cannot write the spool ${dir}: ${state}`, { cause: error });
};

/**
 * Does something with the files of a spool.
 * @throws WarehouseError that says what to do about the disk, where it is that.
 */
export const explaining = async <T>(dir: string, work: () => Promise<T>): Promise<T> => {
  try {
    return await work();
  } catch (error) {
    throw explain(error, dir);
  }
};

const loadIdOf = (header: SpoolHeader, content: Json): string =>
  createHash('sha256')
    .update(
      JSON.stringify([
        header.tenantId,
        header.entity,
        header.stream,
        header.version,
        header.cursorFrom,
        content,
      ]),
    )
    .digest('hex')
    .slice(0, 32);

const isSameWork = (a: SpoolHeader, b: SpoolHeader): boolean =>
  a.tenantId === b.tenantId &&
  a.entity === b.entity &&
  a.stream === b.stream &&
  a.streamId === b.streamId &&
  a.version === b.version &&
  a.besideVersion === b.besideVersion &&
  JSON.stringify(a.cursorFrom) === JSON.stringify(b.cursorFrom);

type Recovered = { header: SpoolHeader; state: SpoolState; lines: JournalLine[] };

const readJournal = async (files: Files, file: string): Promise<string> => {
  try {
    return await files.readFile(file, 'utf8');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return '';
    throw error;
  }
};

/** Reads back what a crashed run left: pages count as far as journal and records agree, hash by hash. */
const recover = async (
  wanted: SpoolHeader,
  records: OpenFile,
  journalText: string,
): Promise<Recovered | null> => {
  const journal = parseJournal(journalText);
  if (journal === null || !isSameWork(journal.header, wanted)) return null;
  let state = emptyState();
  const lines: JournalLine[] = [];
  for (const line of journal.lines) {
    if (line.kind === 'page' && !(await holds(records, state.bytes, line))) break;
    state = applyLine(state, line);
    lines.push(line);
  }
  return { header: journal.header, state, lines };
};

const holds = async (
  records: OpenFile,
  offset: number,
  line: { bytes: number; sha256: string },
): Promise<boolean> => {
  const bytes = Buffer.alloc(line.bytes);
  const { bytesRead } = await records.read(bytes, 0, line.bytes, offset);
  return bytesRead === line.bytes && sha256(bytes) === line.sha256;
};

/** Replaces a file in one step: after a crash it holds the old text or the new one. */
const replaceFile = async (files: Files, file: string, text: string): Promise<void> => {
  const draft = `${file}.new`;
  const handle = await files.open(draft, 'w', 0o600);
  try {
    await handle.writeFile(text);
    await handle.sync();
  } finally {
    await handle.close();
  }
  await files.rename(draft, file);
};

/** Appends lines to the journal; a cut rewrites it, so that it never names records that were overwritten. */
const openJournal = async (
  files: Files,
  file: string,
  header: SpoolHeader,
  recovered: JournalLine[],
) => {
  let pageLines = recovered
    .filter((line) => line.kind === 'page')
    .map((line) => JSON.stringify(line));
  const textOf = (lines: string[]): string => [JSON.stringify(header), ...lines, ''].join('\n');
  await replaceFile(files, file, textOf(recovered.map((line) => JSON.stringify(line))));
  let handle = await files.open(file, 'a');
  return {
    append: async (line: JournalLine, pagesKept: number): Promise<void> => {
      const text = JSON.stringify(line);
      if (line.kind === 'cut') {
        pageLines = pageLines.slice(0, pagesKept);
        await handle.close();
        await replaceFile(files, file, textOf([...pageLines, text]));
        handle = await files.open(file, 'a');
        return;
      }
      await handle.writeFile(`${text}\n`);
      await handle.datasync();
      pageLines.push(text);
    },
    close: () => handle.close(),
  };
};

/**
 * Opens the spool in `dir` for the work the header names, going on where a crashed run stopped; what was spooled for
 * other work is thrown away. Only the owner can read it.
 * @param files The disk, unless told.
 * @throws WarehouseError when the folder cannot be written.
 */
export const openSpool = (
  dir: string,
  wanted: SpoolHeader,
  files: Files = diskFiles,
): Promise<Spool> =>
  explaining(dir, async () => {
    await files.mkdir(dir, { recursive: true, mode: 0o700 });
    const recordsFile = join(dir, 'records.ndjson');
    const journalFile = join(dir, 'journal.ndjson');
    const records = await files.open(recordsFile, constants.O_RDWR | constants.O_CREAT, 0o600);
    const found = await recover(wanted, records, await readJournal(files, journalFile));
    const header = found?.header ?? wanted;
    let state = found?.state ?? emptyState();
    const journal = await openJournal(files, journalFile, header, found?.lines ?? []);
    await records.truncate(state.bytes);

    const append = async (page: Page): Promise<void> => {
      const line = toLine(page, sha256(page.lines));
      if (line.kind === 'page' && page.lines.length > 0) {
        await writeAll(records, page.lines, state.bytes);
        await records.datasync();
      }
      await journal.append(line, state.setEnd.pages);
      state = applyLine(state, line);
      if (line.kind === 'cut') await records.truncate(state.bytes);
    };

    const close = async (): Promise<void> => {
      await records.close();
      await journal.close();
    };

    const seal = (end: { cursorTo: Json; done: boolean }): Batch => {
      const hash = sha256(state.pages.map((page) => page.sha256).join('\n'));
      const { tenantId, entity, stream, version, cursorFrom } = header;
      return {
        loadId: loadIdOf(header, [end.cursorTo, end.done, hash]),
        tenantId,
        entity,
        stream,
        version,
        cursorFrom,
        ...end,
        file: recordsFile,
        rows: state.rows,
        bytes: state.bytes,
        sha256: hash,
        pages: state.pages.map(({ rows, extractedAt, drift }) => ({
          rows,
          extractedAt,
          ...(drift === undefined ? {} : { drift }),
        })),
        scope: state.scope,
      };
    };

    return {
      header,
      file: recordsFile,
      state: () => state,
      append: (page) => explaining(dir, () => append(page)),
      seal,
      close,
      remove: () =>
        explaining(dir, async () => {
          await close();
          await files.rm(dir, { recursive: true, force: true });
        }),
    };
  });

/**
 * Deletes a spool that nobody has open.
 * @throws WarehouseError when the folder cannot be written.
 */
export const removeSpool = (dir: string, files: Files = diskFiles): Promise<void> =>
  explaining(dir, () => files.rm(dir, { recursive: true, force: true }));
