import type { Control, Entity, Json, Read, Window } from '../model.ts';
import { parseCursor, toJson } from './cursor.ts';
import {
  calendarDate,
  cutByMonths,
  feedDate,
  shiftInstant,
  subtractWindows,
} from './local-dates.ts';

/** One thing to read: the stream's name in the control table and what it reads. */
export type PlannedRead = { entity: Entity; stream: string; read: Read };

export type BackfillRange = {
  /** First instant wanted. */
  from: string;
  /** First instant no longer wanted; null: everything until now. */
  to: string | null;
  /** The run's frozen present. */
  now: string;
  /** IANA name. */
  timeZone: string;
};

const dayMs = 86_400_000;

/** Calendar dates may lie ahead: a time-off entry of next month exists today. */
const aheadMs = 2 * 366 * dayMs;

const shortName = (instant: string): string => instant.replace(/T00:00:00\.000Z$/, '');

/** The control row's name of a backfill window. */
export const windowStream = (window: Window): string =>
  `backfill ${shortName(window.from)}..${shortName(window.to)}`;

const windowOf = (control: Control): Window | undefined => {
  const { read } = parseCursor(control.cursor);
  return read?.kind === 'window' && control.stream.startsWith('backfill ')
    ? read.window
    : undefined;
};

/** The range in the terms of the entity's date. Calendar dates are midnight UTC, so both readings of a day are covered. */
const rangeOf = (entity: Entity, range: BackfillRange): Window => {
  const { from, now, timeZone } = range;
  if (!entity.windows.calendar) return { from, to: range.to ?? now };
  const calendarFrom = calendarDate(from, timeZone);
  const lower = calendarFrom < from ? calendarFrom : from;
  if (range.to === null)
    return { from: lower, to: shiftInstant(calendarDate(now, timeZone), aheadMs) };
  const calendarTo = calendarDate(range.to, timeZone);
  return { from: lower, to: calendarTo > range.to ? calendarTo : range.to };
};

/** Windows of the entity's width up to the present one; what lies ahead is one window. */
const cutRange = (entity: Entity, range: Window, { now, timeZone }: BackfillRange): Window[] => {
  const windows = cutByMonths(range, timeZone, entity.windows.months);
  const past = windows.filter((window) => window.from <= now);
  const ahead = windows.slice(past.length);
  const first = ahead[0];
  return first === undefined ? past : [...past, { from: first.from, to: range.to }];
};

const planWindows = (entity: Entity, controls: Control[], range: BackfillRange): PlannedRead[] => {
  const wanted = rangeOf(entity, range);
  const planned = controls.map(windowOf).filter((window) => window !== undefined);
  const known = planned.filter((window) => window.from < wanted.to && window.to > wanted.from);
  const gaps = subtractWindows(wanted, known).flatMap((gap) => cutRange(entity, gap, range));
  return [...known, ...gaps]
    .sort((a, b) => (a.from < b.from ? -1 : 1))
    .map((window) => ({
      entity,
      stream: windowStream(window),
      read: { kind: 'window', window },
    }));
};

/** A feed has no upper bound and no windows: it is read once, from the date on, to its end. */
const planFeed = (entity: Entity, controls: Control[], range: BackfillRange): PlannedRead[] => {
  if (entity.feed.fromStart) {
    return [{ entity, stream: 'backfill feed', read: { kind: 'feed', from: null } }];
  }
  const date = feedDate(range.from);
  const known = controls
    .map(({ stream }) => /^backfill feed (\d{4}-\d{2}-\d{2})$/.exec(stream)?.[1])
    .filter((from) => from !== undefined && from <= date)
    .sort();
  const from = known[0] ?? date;
  return [{ entity, stream: `backfill feed ${from}`, read: { kind: 'feed', from } }];
};

/**
 * What a backfill of the entity consists of, oldest first: windows of some months in the tenant's time zone, less what
 * earlier backfills planned already, which keeps its name and so its progress.
 */
export const planBackfill = (
  entity: Entity,
  controls: Control[],
  range: BackfillRange,
): PlannedRead[] => {
  switch (entity.backfill) {
    case 'window':
      return planWindows(entity, controls, range);
    case 'feed':
      return planFeed(entity, controls, range);
    case 'whole':
      return [{ entity, stream: 'backfill whole', read: { kind: 'whole' } }];
  }
};

/** The cursor that a planned stream starts with: its bounds, so that later plans know what it covers. */
export const plannedCursor = (planned: PlannedRead): Json => toJson({ read: planned.read });
