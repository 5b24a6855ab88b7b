import { HttpFailure } from '../../../src/http/failure.ts';
import { contractOf } from './contracts.ts';
import type { Random } from './random.ts';

/** A record of the invented source, as it stands. */
export type Thing = {
  /** Never given twice, never null. */
  uid: number;
  /** What the source says: null for some shifts. */
  id: number | null;
  /** Grows with each change of the record. */
  revision: number;
  /** Seven fractional digits, as the source writes them. */
  createdOn: string;
  modifiedOn: string;
  active: boolean;
  groupId?: number;
  date?: string;
  amount?: number;
};

/** A version of a record, in the order of the export feed. */
export type Change = { sequence: number; stampMs: number; thing: Thing };

const dayMs = 86_400_000;

/** Seven fractional digits: more than any clock of ours tells. Later changes of one millisecond have more. */
const toStamp = (ms: number, more: number): string =>
  new Date(ms).toISOString().replace('Z', `${String(more).padStart(4, '0')}Z`);

/** Rows vanish only where a complete read can tell. */
const losesRows = (entity: string): boolean => {
  const { backfill, sync } = contractOf(entity);
  return backfill.by === 'whole' || sync.by === 'sets';
};

/** The record as the list or the export feed has it. */
export const toRecord = (thing: Thing, isExported: boolean): object => {
  const { id, revision, createdOn, modifiedOn, groupId, date, amount, active } = thing;
  return {
    ...{ id, revision, createdOn, modifiedOn },
    ...(groupId !== undefined && { groupId, date, amount }),
    ...(isExported && { active }),
  };
};

/** A company in memory: its records, every version of them, and the answers of its API. */
export const createCompany = (
  random: Random,
  { names, startMs, lagMs }: { names: readonly string[]; startMs: number; lagMs: number },
) => {
  const things = new Map<string, Thing[]>(names.map((name) => [name, []]));
  const gone = new Map<string, Thing[]>(names.map((name) => [name, []]));
  const changes = new Map<string, Change[]>(names.map((name) => [name, []]));
  let uids = 0;
  let sequences = 0;
  /** Things that happened in the source's present millisecond. */
  const present = { ms: 0, count: 0 };
  const digitsOf = (ms: number): number => {
    present.count = present.ms === ms ? present.count + 1 : 0;
    present.ms = ms;
    return present.count * 10;
  };

  const of = <T>(lists: Map<string, T[]>, name: string): T[] => {
    const list = lists.get(name);
    if (list === undefined) throw new Error(`no entity ${name}`);
    return list;
  };

  const note = (name: string, thing: Thing, stampMs: number): void => {
    of(changes, name).push({ sequence: (sequences += 1), stampMs, thing: { ...thing } });
  };

  const add = (name: string, createdMs: number, stampMs: number): void => {
    const uid = (uids += 1);
    const isShift = contractOf(name).keyFields !== undefined;
    const thing: Thing = {
      ...{ uid, id: isShift && random.chance(0.5) ? null : uid, revision: 1, active: true },
      createdOn: toStamp(createdMs, random.below(10_000)),
      modifiedOn: toStamp(stampMs, digitsOf(stampMs)),
      ...(isShift && {
        groupId: 1 + random.below(3),
        date: new Date(createdMs - (createdMs % dayMs)).toISOString(),
        amount: 1 + random.below(2),
      }),
    };
    of(things, name).push(thing);
    note(name, thing, stampMs);
  };

  const touch = (name: string, thing: Thing, nowMs: number, digits: number): void => {
    thing.revision += 1;
    thing.modifiedOn = toStamp(nowMs, digits);
    if (thing.amount !== undefined && random.chance(0.3)) thing.amount = 1 + random.below(2);
    note(name, thing, nowMs);
  };

  const remove = (name: string, nowMs: number): void => {
    const list = of(things, name);
    const thing = random.pick(list);
    list.splice(list.indexOf(thing), 1);
    of(gone, name).push(thing);
    note(name, { ...thing, active: false, modifiedOn: toStamp(nowMs, digitsOf(nowMs)) }, nowMs);
  };

  const restore = (name: string, nowMs: number): void => {
    const list = of(gone, name);
    const thing = random.pick(list);
    list.splice(list.indexOf(thing), 1);
    of(things, name).push(thing);
    of(things, name).sort((a, b) => a.uid - b.uid);
    touch(name, thing, nowMs, digitsOf(nowMs));
  };

  for (const name of names) {
    const rows = random.below(7);
    for (let row = 0; row < rows; row += 1) {
      const createdMs = startMs - (1 + random.below(45)) * dayMs - random.below(dayMs);
      add(name, createdMs, createdMs + random.below(2) * 60_000);
    }
  }
  const firstSequence = sequences;

  /** One thing happens at the source: a record is added, changed, removed or comes back; or several change at once. */
  const change = (nowMs: number): string => {
    const name = random.pick(names);
    const list = of(things, name);
    const kind = random.below(10);
    if (losesRows(name) && kind < 2 && list.length > 0) {
      remove(name, nowMs);
      return `${name}: removed`;
    }
    if (kind < 3 && of(gone, name).length > 0) {
      restore(name, nowMs);
      return `${name}: back`;
    }
    if (kind < 5 || list.length === 0) {
      add(name, nowMs, nowMs);
      return `${name}: added`;
    }
    const digits = digitsOf(nowMs);
    const several = kind > 7 ? list.filter(() => random.chance(0.5)) : [random.pick(list)];
    for (const thing of several) touch(name, thing, nowMs, digits);
    return `${name}: changed ${several.map(({ uid }) => uid).join(',')}`;
  };

  const listRows = (name: string, query: URLSearchParams): Thing[] => {
    const ms = (parameter: string, otherwise: number): number => {
      const value = query.get(parameter);
      return value === null ? otherwise : Date.parse(value);
    };
    const groups = query.get('groupIds')?.split(',');
    const rows = of(things, name).filter(
      ({ createdOn, modifiedOn, date, groupId }) =>
        Date.parse(createdOn) >= ms('createdOnOrAfter', -Infinity) &&
        Date.parse(createdOn) < ms('createdBefore', Infinity) &&
        Date.parse(modifiedOn) >= ms('modifiedOnOrAfter', -Infinity) &&
        Date.parse(date ?? createdOn) >= ms('dateOnOrAfter', -Infinity) &&
        Date.parse(date ?? createdOn) <= ms('dateOnOrBefore', Infinity) &&
        (groups?.includes(String(groupId)) ?? true),
    );
    // Without a sort the latest come first: the order moves as records change.
    if (query.has('sort')) return rows;
    return rows.sort((a, b) => (a.modifiedOn < b.modifiedOn ? 1 : -1));
  };

  const answerList = (name: string, query: URLSearchParams): object => {
    const [page, pageSize] = [Number(query.get('page')), Number(query.get('pageSize'))];
    const rows = listRows(name, query);
    const data = rows.slice((page - 1) * pageSize, page * pageSize);
    return {
      ...{ page, pageSize, hasMore: page * pageSize < rows.length, totalCount: rows.length },
      data: data.map((thing) => toRecord(thing, false)),
    };
  };

  const answerExport = (name: string, query: URLSearchParams, nowMs: number): object => {
    const from = query.get('from') ?? '0';
    const latest = new Map<number, Change>();
    const seen = of(changes, name).filter(({ stampMs }) => stampMs <= nowMs - lagMs);
    for (const one of seen) latest.set(one.thing.uid, one);
    const isDate = from.includes('-');
    const rows = [...latest.values()]
      .filter(({ sequence, stampMs }) =>
        isDate ? stampMs >= Date.parse(from) : sequence > Number(from),
      )
      .sort((a, b) => a.sequence - b.sequence);
    const data = rows.slice(0, 2);
    const reached = data.at(-1)?.sequence ?? seen.at(-1)?.sequence ?? 0;
    return {
      ...{ hasMore: rows.length > 2, continueFrom: String(reached) },
      data: data.map(({ thing }) => toRecord(thing, contractOf(name).exportFields !== undefined)),
    };
  };

  return {
    change,
    /** The body that the API answers with. */
    answer: (url: string, nowMs: number): Buffer => {
      const { pathname, searchParams } = new URL(url);
      if (pathname === '/connect/token') {
        return Buffer.from(JSON.stringify({ access_token: 'token', expires_in: 900 }));
      }
      const [, isExport, name = ''] = /\/(export\/)?([a-z]+)$/.exec(pathname) ?? [];
      if (!things.has(name)) throw new HttpFailure('status', { status: 404 });
      const body =
        isExport === undefined
          ? answerList(name, searchParams)
          : answerExport(name, searchParams, nowMs);
      return Buffer.from(JSON.stringify(body));
    },
    /** What the source holds now. */
    truth: (name: string): readonly Readonly<Thing>[] => of(things, name),
    /** Every version there ever was, oldest first. */
    history: (name: string): readonly Change[] => of(changes, name),
    /** What came later happened while it was read. */
    firstSequence,
  };
};
