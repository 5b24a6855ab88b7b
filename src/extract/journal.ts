import type { Drift, Json, Page, Read, Scope } from '../model.ts';

/** What a spool was opened for; a spool whose header differs from what is wanted now is thrown away. */
export type SpoolHeader = {
  tenantId: string;
  entity: string;
  stream: string;
  /** Of the control row, so that another database's spool is not taken for this one's. */
  streamId: string;
  /** Version of the control row the batch is read under. */
  version: number;
  cursorFrom: Json;
  /** Frozen here, so that a resumed read keeps the bounds it began with. */
  read: Read;
  /** Version of a control row beside it that must not move meanwhile; left out where there is none. */
  besideVersion?: number;
};

/** What the journal says about the spool file up to a page's end. */
export type SpoolState = {
  pages: {
    rows: number;
    bytes: number;
    sha256: string;
    extractedAt: string;
    drift?: readonly Drift[];
  }[];
  rows: number;
  bytes: number;
  /** Where reading goes on; undefined before the first page. */
  position: Json | undefined;
  /** The last page said that nothing more is to be read. */
  done: boolean;
  scope: Scope;
  /** Pages up to here belong to complete sets; what follows is void if its set moves. */
  setEnd: { pages: number; rows: number; bytes: number };
};

/** One line of the journal: a page that is safely in the spool file, or a cut back to the last complete set. */
export type JournalLine =
  | {
      kind: 'page';
      rows: number;
      bytes: number;
      sha256: string;
      extractedAt: string;
      position: Json;
      done: boolean;
      scope: Scope;
      /** Left out where there is none. */
      drift?: readonly Drift[];
    }
  | { kind: 'cut'; position: Json };

export const emptyState = (): SpoolState => ({
  pages: [],
  rows: 0,
  bytes: 0,
  position: undefined,
  done: false,
  scope: null,
  setEnd: { pages: 0, rows: 0, bytes: 0 },
});

/** Complete sets of one batch add up: the values of several groups are replaced together. */
const addScope = (scope: Scope, next: Scope): Scope => {
  if (scope?.kind === 'values' && next?.kind === 'values') {
    return { ...scope, values: [...scope.values, ...next.values] };
  }
  return next ?? scope;
};

/** The state after one more journal line. */
export const applyLine = (state: SpoolState, line: JournalLine): SpoolState => {
  if (line.kind === 'cut') {
    const { pages, rows, bytes } = state.setEnd;
    return {
      ...state,
      pages: state.pages.slice(0, pages),
      rows,
      bytes,
      position: line.position,
      done: false,
    };
  }
  const { rows, bytes, sha256, extractedAt, drift } = line;
  const page = { rows, bytes, sha256, extractedAt, ...(drift === undefined ? {} : { drift }) };
  const pages = [...state.pages, page];
  const next = {
    pages,
    rows: state.rows + rows,
    bytes: state.bytes + bytes,
    position: line.position,
    done: line.done,
    scope: addScope(state.scope, line.scope),
    setEnd: state.setEnd,
  };
  const setEnd = { pages: pages.length, rows: next.rows, bytes: next.bytes };
  return line.scope === null ? next : { ...next, setEnd };
};

/** The journal line of a page. */
export const toLine = (page: Page, sha256: string): JournalLine =>
  page.again === true
    ? { kind: 'cut', position: page.position }
    : {
        kind: 'page',
        rows: page.rows,
        bytes: page.lines.length,
        sha256,
        extractedAt: page.extractedAt,
        position: page.position,
        done: page.done,
        scope: page.scope,
        ...(page.drift === undefined || page.drift.length === 0 ? {} : { drift: page.drift }),
      };

const isHeader = (value: unknown): value is SpoolHeader =>
  typeof value === 'object' && value !== null && 'stream' in value && 'version' in value;

const isLine = (value: unknown): value is JournalLine => {
  if (typeof value !== 'object' || value === null || !('kind' in value)) return false;
  if (value.kind === 'cut') return 'position' in value;
  return value.kind === 'page' && 'bytes' in value && Number.isSafeInteger(value.bytes);
};

/**
 * The header and the whole lines of a journal; what follows the first torn or unreadable line is ignored, since it was
 * written last. Returns null when not even the header can be read.
 */
export const parseJournal = (
  text: string,
): { header: SpoolHeader; lines: JournalLine[] } | null => {
  const parsed: unknown[] = [];
  for (const line of text.split('\n').slice(0, -1)) {
    try {
      parsed.push(JSON.parse(line));
    } catch {
      break;
    }
  }
  const [header, ...rest] = parsed;
  if (!isHeader(header)) return null;
  const torn = rest.findIndex((line) => !isLine(line));
  return { header, lines: (torn < 0 ? rest : rest.slice(0, torn)) as JournalLine[] };
};
