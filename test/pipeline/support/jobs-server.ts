import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';

/** A job as the server keeps it; stamps have up to seven digits of a second. */
export type ServedJob = { id: number; createdOn: string; modifiedOn: string; jobNumber?: string };

/** A stamp with seven digits, so that stamps can be compared as texts: `…T07:00:00Z` comes before `…T07:00:00.5Z`. */
const toTicks = (stamp: string): string => {
  const [, seconds = '', fraction = ''] = /^(.{19})(?:\.(\d*))?Z$/.exec(stamp) ?? [];
  return `${seconds}.${fraction.padEnd(7, '0')}`;
};

const byTicks = (a: ServedJob, b: ServedJob): number =>
  toTicks(a.modifiedOn) < toTicks(b.modifiedOn) ? -1 : 1;

/** A date of the export's `from` as an instant: the source does not say in which zone it reads one. */
const startOf = (date: string, offsetHours: number): string =>
  new Date(Date.parse(date) - offsetHours * 3_600_000).toISOString();

/**
 * A source of jobs and payment types on a loopback port, with a clock of its own that its `Date` shows. The list
 * filters on creation, the first bound included and the second not, to the seventh digit; the export hands out every
 * job that was modified at or after a date, and by its token what is new since.
 */
export const startJobsServer = async (options: {
  now: () => number;
  /** Of the zone in which the export reads a date. */
  offsetHours?: number;
  exportPageSize?: number;
}) => {
  const { now, offsetHours = 0, exportPageSize = 1000 } = options;
  const jobs = new Map<number, ServedJob>();
  /** Every change in its order; a token is a place in it. */
  const changes: ServedJob[] = [];
  let types: object[] = [];

  const put = (...changed: ServedJob[]): void => {
    for (const job of changed) jobs.set(job.id, job);
    changes.push(...[...changed].sort(byTicks));
  };

  const listJobs = (query: URLSearchParams) => {
    const from = toTicks(query.get('createdOnOrAfter') ?? '0000-01-01T00:00:00Z');
    const before = toTicks(query.get('createdBefore') ?? '9999-01-01T00:00:00Z');
    const found = [...jobs.values()]
      .filter(({ createdOn }) => from <= toTicks(createdOn) && toTicks(createdOn) < before)
      .sort((a, b) => a.id - b.id);
    const [page, size] = [Number(query.get('page')), Number(query.get('pageSize'))];
    const data = found.slice((page - 1) * size, page * size);
    return {
      page,
      pageSize: size,
      hasMore: page * size < found.length,
      totalCount: found.length,
      data,
    };
  };

  const exportJobs = (query: URLSearchParams) => {
    const from = query.get('from') ?? '0001-01-01';
    const start = /^\d{4}-\d\d-\d\d$/.test(from)
      ? changes.findIndex(
          ({ modifiedOn }) => toTicks(modifiedOn) >= toTicks(startOf(from, offsetHours)),
        )
      : Number(from.slice(1));
    const at = start < 0 ? changes.length : start;
    const end = Math.min(changes.length, at + exportPageSize);
    return { hasMore: end < changes.length, continueFrom: `t${end}`, data: changes.slice(at, end) };
  };

  const answer = ({ pathname, searchParams }: URL): object => {
    if (pathname === '/token') return { access_token: 'token', expires_in: 900 };
    if (pathname.endsWith('/export/jobs')) return exportJobs(searchParams);
    if (pathname.endsWith('/jobs')) return listJobs(searchParams);
    const page = { page: 1, pageSize: 5000, hasMore: false, totalCount: types.length };
    return { ...page, data: types };
  };

  const server = createServer((request, response) => {
    request.resume();
    response.writeHead(200, {
      'content-type': 'application/json',
      date: new Date(now()).toUTCString(),
    });
    response.end(JSON.stringify(answer(new URL(request.url ?? '', 'http://loopback'))));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    jobs,
    put,
    setTypes: (next: object[]): void => {
      types = next;
    },
    close: async (): Promise<void> => {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
};

export type JobsServer = Awaited<ReturnType<typeof startJobsServer>>;
