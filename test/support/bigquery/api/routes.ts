import { datasetRoutes } from './datasets.ts';
import { jobRoutes } from './jobs.ts';
import { projectRoutes } from './projects.ts';
import type { Route } from './request.ts';
import { tableDataRoutes } from './table-data.ts';
import { tableRoutes } from './tables.ts';

/** Every method of the API that the stand-in has, uploads apart. */
export const routes: readonly Route[] = [
  ...projectRoutes,
  ...datasetRoutes,
  ...tableRoutes,
  ...tableDataRoutes,
  ...jobRoutes,
];

/** Query parameters that any method takes. */
const common = ['alt', 'prettyPrint', 'key', 'quotaUser', 'userIp', '$.xgafv', 'trace'];

/** Whether a route takes the parameter; everything else is refused. */
export const takesParameter = ({ parameters }: Route, name: string): boolean =>
  parameters.includes(name) || common.includes(name);

const toPattern = (path: string): RegExp =>
  new RegExp(`^${path.replace(/\{([A-Za-z]+)\}/g, '(?<$1>[^/]+)')}$`);

const patterns = new Map(routes.map((route) => [route, toPattern(route.path)]));

export type Found = { route: Route; names: Readonly<Record<string, string>> };

/** The route for a path below `/bigquery/v2/`. */
export const findRoute = (method: string, path: string): Found | undefined => {
  for (const [route, pattern] of patterns) {
    const found = route.method === method ? pattern.exec(path) : null;
    if (found === null) continue;
    const names = Object.entries(found.groups ?? {}).map(([name, value]) => [
      name,
      decodeURIComponent(value),
    ]);
    return { route, names: Object.fromEntries(names) as Record<string, string> };
  }
  return undefined;
};
