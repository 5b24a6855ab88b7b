import type { Json, Read } from '../model.ts';

/**
 * What a control row remembers, as JSON. While a stream is being read: `read` with its frozen bounds and the `position`
 * to go on from. Once it is finished: for a feed the `position` of the next sync, for a read by modification the
 * instant (`since`) at which it began, for a whole read the `digest` of what was read, for a window its `read`.
 */
export type Cursor = {
  read?: Read;
  position?: Json;
  /** UTC instant. */
  since?: string;
  digest?: string;
  /** Put there by `--force`, until the stream is finished again: a repeated command resumes and does not start over. */
  forced?: true;
};

/** The cursor of a control row; an unread one is empty. */
export const parseCursor = (json: Json): Cursor => (json ?? {}) as Cursor;

/** The JSON that a control row keeps. */
export const toJson = (cursor: Cursor): Json => cursor;

/** The cursor of a stream that is not finished yet. */
export const cursorUnderway = (read: Read, position: Json, before: Cursor): Cursor => ({
  read,
  position,
  ...(before.forced === true ? { forced: true } : {}),
});

/** The cursor of a finished stream. */
export const cursorFinished = (read: Read, position: Json, digest: string): Cursor => {
  switch (read.kind) {
    case 'feed':
    case 'sets':
      return { position };
    case 'modified':
      return { since: read.window.from < read.window.to ? read.window.to : read.window.from };
    case 'whole':
      return { digest };
    case 'window':
      return { read };
  }
};
