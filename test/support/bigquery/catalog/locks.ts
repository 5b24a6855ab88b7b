import { randomUUID } from 'node:crypto';
import { refusals } from '../refusals.ts';
import type { SizeCache } from '../engine/sizes.ts';
import { nameTable, type Table, type TableRef } from './dataset.ts';

/** A multi-statement transaction, as far as other writers see it. */
export type Transaction = {
  id: string;
  /** The change after which it began: what changed later, it does not see. */
  since: number;
  /** Tables whose rows it has changed. */
  changed: Set<Table>;
  /** What it has measured. */
  sizes: SizeCache;
};

type Lock = {
  /** Who has uncommitted changes to the table's rows. */
  holder: object | undefined;
  /** The latest change that was committed. */
  changedAt: number;
  waiting: (() => void)[];
};

/**
 * Who may change the rows of which table. As in BigQuery, transactions that change rows of one table conflict, whatever
 * rows: the later one is cancelled. Statements outside of transactions wait. Appending conflicts with nobody.
 */
export type Locks = {
  begin: () => Transaction;
  /**
   * Lets a transaction change rows of a table, until it ends.
   * @throws Refusal when another one has changed the table, or is about to.
   */
  hold: (transaction: Transaction, ref: TableRef) => void;
  /** Ends a transaction; `isCommitted` says whether its changes count. */
  end: (transaction: Transaction, isCommitted: boolean) => void;
  /** Does work that changes rows of a table outside of any transaction, when nobody else does. */
  exclusive: <T>(ref: TableRef, work: () => Promise<T>) => Promise<T>;
};

const aborted = (ref: TableRef, { id }: Transaction) =>
  refusals.invalidQuery(
    `Transaction is aborted due to concurrent update against table ${nameTable(ref)}. Transaction ID: ${id}`,
  );

export const createLocks = (): Locks => {
  const locks = new Map<string, Lock>();
  let changes = 0;

  const find = (ref: TableRef): Lock => {
    const name = nameTable(ref);
    const lock = locks.get(name) ?? { holder: undefined, changedAt: 0, waiting: [] };
    locks.set(name, lock);
    return lock;
  };
  const release = (lock: Lock, isChanged: boolean): void => {
    if (isChanged) lock.changedAt = changes += 1;
    lock.holder = undefined;
    for (const wake of lock.waiting.splice(0)) wake();
  };
  const take = async (lock: Lock, holder: object): Promise<void> => {
    while (lock.holder !== undefined) {
      await new Promise<void>((resolve) => lock.waiting.push(resolve));
    }
    lock.holder = holder;
  };

  return {
    begin: () => ({
      ...{ id: randomUUID(), since: changes, changed: new Set() },
      sizes: new WeakMap(),
    }),
    hold: (transaction, ref) => {
      const lock = find(ref);
      const isOthers = lock.holder !== undefined && lock.holder !== transaction;
      if (isOthers || lock.changedAt > transaction.since) throw aborted(ref, transaction);
      lock.holder = transaction;
    },
    end: (transaction, isCommitted) => {
      for (const lock of locks.values()) {
        if (lock.holder === transaction) release(lock, isCommitted);
      }
    },
    exclusive: async (ref, work) => {
      const lock = find(ref);
      await take(lock, {});
      let isChanged = false;
      try {
        const result = await work();
        isChanged = true;
        return result;
      } finally {
        release(lock, isChanged);
      }
    },
  };
};
