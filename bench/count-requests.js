import { entities } from '../dist/sources/servicetitan/entities/index.js';

const withoutTenant = (path) => path.replace('{tenant}', '4711');

/** Requests and records of each entity, from the URLs that a backfill asked for; most requests first. */
export const countRequests = ({ counts, rowsOf }) =>
  entities
    .map(({ name, list, export: feed }) => {
      const paths = [list, feed].filter(Boolean).map((endpoint) => withoutTenant(endpoint.path));
      const requests = counts
        .filter(([url]) => paths.includes(url.split('?')[0]))
        .reduce((sum, [, times]) => sum + times, 0);
      return { entity: name, requests, records: rowsOf[name] ?? 0 };
    })
    .sort((a, b) => b.requests - a.requests);
