import { WarehouseError } from '../../errors.ts';
import { duckdbCommitsAtOnce } from '../../limits.ts';
import { createLanes, createQueue, type Lanes } from './lanes.ts';
import type { Session } from './open-session.ts';

type Work = <T>(work: () => Promise<T>) => Promise<T>;

/** Who works on the file when: a first connection, on which works wait for each other, and those beside it that load. */
export type Connections = {
  /** Works on the first connection; takes the file back first, where another process had taken it. */
  alone: Work;
  /** The same for what needs nothing of the file: it works while another process has that. */
  aloneWithoutFile: Work;
  staging: Lanes;
  committing: Lanes;
  /** Whether anything is staged or committed. */
  areLoading: () => boolean;
  /** Opens the file anew when nobody works, if it can be; who comes meanwhile waits. */
  renew: () => Promise<boolean>;
  /** Closes all of it when nobody works, after a last work on the first connection; once. */
  close: (last: () => Promise<void>) => Promise<void>;
};

/** @param session The first connection. */
export const createConnections = (session: Session, path: string): Connections => {
  const enqueue = createQueue();
  let open = true;
  const whileOpen =
    <T>(work: () => Promise<T>) =>
    (): Promise<T> => {
      if (open) return work();
      throw new WarehouseError(`Cannot use ${path}: it is closed; open it again`);
    };
  const openBeside = whileOpen(session.openBeside);
  const staging = createLanes(1, openBeside);
  const committing = createLanes(duckdbCommitsAtOnce, openBeside);
  const withoutLanes: Work = (work) => staging.whileClosed(() => committing.whileClosed(work));
  const alone: Work = (work) =>
    enqueue(
      whileOpen(async () => {
        await session.resume();
        return work();
      }),
    );
  return {
    alone,
    aloneWithoutFile: (work) => enqueue(whileOpen(work)),
    staging,
    committing,
    areLoading: () => staging.areBusy() || committing.areBusy(),
    renew: () => withoutLanes(() => alone(() => session.renew())),
    close: (last) =>
      withoutLanes(() =>
        enqueue(async () => {
          if (!open) return;
          open = false;
          try {
            await last();
          } finally {
            session.close();
          }
        }),
      ),
  };
};
