import type { Json } from '../../../src/model.ts';
import { parseCursor } from '../../../src/pipeline/cursor.ts';
import type { Call, Snapshot } from './calls.ts';
import { toRecord, type Thing } from './company.ts';
import { contractOf } from './contracts.ts';
import { Violation, type Lane } from './lane.ts';
import type { Result } from './shared-warehouse.ts';

type Stored = Partial<Thing> & { revision: number };

const parse = (payload: string): Stored => JSON.parse(payload) as Stored;

const canonical = (cursor: Json): string => JSON.stringify(cursor);

/** Revisions stored, deleted or not, by id. */
const revisionsOf = ({ rows }: Snapshot): Map<number, number> => {
  const revisions = new Map<number, number>();
  for (const { payload } of rows) {
    const { id, revision } = parse(payload);
    if (typeof id !== 'number') continue;
    if (revisions.has(id)) throw new Violation(`record ${id} is stored twice`);
    revisions.set(id, revision);
  }
  return revisions;
};

/** The promises of one schedule, and what must be known to judge them. */
export const createChecks = ({ company, names }: Lane) => {
  /** What each load holds, by its id. */
  const loads = new Map<string, Stored[]>();
  /** Loads that the ledger has. */
  const committed = new Set<string>();
  /** Cursors that streams were given without a load. */
  const given = new Set<string>(['null']);

  /** Each load continues the one before it, and the control row the last one. */
  const checkLedger = ({ controls, ledger }: Snapshot): void => {
    for (const { stream, version, cursor } of controls) {
      const own = ledger
        .filter((load) => load.stream === stream)
        .sort((a, b) => a.version - b.version);
      for (const [index, load] of own.entries()) {
        const next = own[index + 1];
        if (next?.version === load.version) {
          throw new Violation(`${stream}: two loads under version ${load.version}`);
        }
        if (next?.version === load.version + 1 && next.cursorFrom !== load.cursorTo) {
          throw new Violation(
            `${stream}: load ${next.version} does not begin where ${load.version} ended`,
          );
        }
      }
      const last = own.at(-1);
      if (last !== undefined && version <= last.version) {
        throw new Violation(`${stream}: the control row is behind the ledger`);
      }
      const follows = last !== undefined && version === last.version + 1;
      if (follows ? canonical(cursor) !== last.cursorTo : !given.has(canonical(cursor))) {
        throw new Violation(
          `${stream}: the cursor ${canonical(cursor)} of version ${version} is not that of a load`,
        );
      }
    }
  };

  /** What the ledger says was loaded is stored, or something newer. */
  const checkLoads = (name: string, snapshot: Snapshot): void => {
    const stored = revisionsOf(snapshot);
    for (const { loadId } of snapshot.ledger) {
      for (const { id, revision } of loads.get(loadId) ?? []) {
        if (typeof id !== 'number' || (stored.get(id) ?? 0) >= revision) continue;
        throw new Violation(`${name}: record ${id} is not stored as load ${loadId} had it`);
      }
    }
  };

  /** What the feed had said before the token is stored, or something newer. */
  const checkFeed = (name: string, snapshot: Snapshot): void => {
    const { sync } = contractOf(name);
    const control = snapshot.controls.find(({ stream }) => stream === 'sync');
    if (sync.by !== 'feed' || control === undefined) return;
    const position = parseCursor(control.cursor).position as { token?: string } | undefined;
    const token = Number(position?.token ?? 0);
    const stored = revisionsOf(snapshot);
    // A record that changed again stands further on in the feed.
    const latest = new Map(company.history(name).map((change) => [change.thing.uid, change]));
    for (const { sequence, thing } of latest.values()) {
      if (sequence > token || sequence <= company.firstSequence) continue;
      if ((stored.get(thing.uid) ?? 0) >= thing.revision) continue;
      throw new Violation(`${name}: the sync is at ${token}, but change ${sequence} is not stored`);
    }
  };

  /** The rows say what the source says. */
  const checkTruth = (name: string, { rows }: Snapshot): void => {
    const { exportFields, sync } = contractOf(name);
    const isExported = exportFields !== undefined && sync.by === 'feed';
    const expected = company
      .truth(name)
      .map((thing) => JSON.stringify(toRecord(thing, isExported)));
    const stored = rows.filter(({ deleted }) => !deleted).map(({ payload }) => payload);
    const [wanted, found] = [expected.sort().join('\n'), stored.sort().join('\n')];
    if (wanted !== found) {
      throw new Violation(
        `${name}: the table is not what the source says:\n${found}\nand should be:\n${wanted}`,
      );
    }
  };

  const checkSums = (name: string, { ledger, rows }: Snapshot): void => {
    const inserted = ledger.reduce((sum, { rowsInserted }) => sum + rowsInserted, 0);
    if (inserted === rows.length) return;
    throw new Violation(
      `${name}: the ledger has ${inserted} rows inserted and the table ${rows.length}`,
    );
  };

  const afterCommit = (name: string, snapshot: Snapshot): void => {
    if (!names.includes(name)) return;
    for (const { loadId } of snapshot.ledger) committed.add(loadId);
    checkLedger(snapshot);
    checkLoads(name, snapshot);
    checkFeed(name, snapshot);
    checkSums(name, snapshot);
  };

  return {
    /** Notes what goes into the warehouse. */
    beforeCall: (call: Call): void => {
      if (call.kind === 'planStreams' || call.kind === 'restartStreams') {
        for (const { cursor } of call.streams) given.add(canonical(cursor));
      }
      if (call.kind !== 'stage') return;
      for (const { batch, content } of call.batches) {
        const lines = content.toString().split('\n').slice(0, batch.rows);
        loads.set(batch.loadId, lines.map(parse));
      }
    },
    /** A load that the ledger has is recognised, whoever sends it. */
    afterCall: (call: Call, result: Result): void => {
      if (call.kind !== 'commit' || 'value' in result) return;
      const { batches } = call.staged;
      if (batches.every(({ loadId }) => committed.has(loadId))) {
        throw new Violation(`a load that the ledger has was refused: ${String(result.error)}`);
      }
    },
    afterCommit,
    atEnd: (name: string, snapshot: Snapshot): void => {
      afterCommit(name, snapshot);
      checkTruth(name, snapshot);
    },
  };
};
