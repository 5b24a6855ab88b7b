import type { Session } from './open-session.ts';

/** One after the other: a transaction on a connection takes in whatever runs on it meanwhile. */
export const createQueue = () => {
  let last: Promise<unknown> = Promise.resolve();
  return <T>(work: () => Promise<T>): Promise<T> => {
    const result = last.then(work);
    last = result.catch(() => undefined);
    return result;
  };
};

/** Connections beside the first one, so that as many works run side by side; each is opened when it is first needed. */
export type Lanes = {
  /** Works on the connection for which the fewest wait, one work after the other. */
  use: <T>(work: (on: Session) => Promise<T>) => Promise<T>;
  /** Closes the connections once nobody uses them, and works before anybody does again. */
  whileClosed: <T>(work: () => Promise<T>) => Promise<T>;
  /** Whether any is used. */
  areBusy: () => boolean;
};

const createLane = (open: () => Promise<Session>) => {
  const enqueue = createQueue();
  let session: Session | undefined;
  let users = 0;
  return {
    users: () => users,
    use: async <T>(work: (on: Session) => Promise<T>): Promise<T> => {
      users += 1;
      try {
        return await enqueue(async () => work((session ??= await open())));
      } finally {
        users -= 1;
      }
    },
    whileClosed: <T>(work: () => Promise<T>): Promise<T> =>
      enqueue(() => {
        session?.close();
        session = undefined;
        return work();
      }),
  };
};

/** @param count How many works run at once. */
export const createLanes = (count: number, open: () => Promise<Session>): Lanes => {
  const lanes = Array.from({ length: count }, () => createLane(open));
  return {
    use: (work) => {
      const [first, ...others] = lanes;
      if (first === undefined) throw new Error('No lane');
      return others
        .reduce((best, lane) => (lane.users() < best.users() ? lane : best), first)
        .use(work);
    },
    whileClosed: (work) => lanes.reduce((inner, lane) => () => lane.whileClosed(inner), work)(),
    areBusy: () => lanes.some((lane) => lane.users() > 0),
  };
};
