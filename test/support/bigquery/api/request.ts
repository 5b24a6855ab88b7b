import { refusals } from '../refusals.ts';
import type { Jobs } from '../jobs/jobs.ts';
import type { World } from '../world.ts';

/** A request that has been read. */
export type ApiRequest = {
  method: string;
  /** Without the query. */
  path: string;
  query: URLSearchParams;
  headers: Readonly<Record<string, string | string[] | undefined>>;
  body: Buffer;
};

export type ApiResponse = {
  status: number;
  /** An object goes out as JSON, a text as it is, undefined as nothing. */
  body?: unknown;
  headers?: Readonly<Record<string, string>>;
};

export type PageSettings = {
  /** At most so many rows a page, whatever the caller wants. */
  rowsMax: number;
  /** At most so many datasets, tables or jobs a page. */
  listMax: number;
};

/** What the answers are made of. */
export type Api = { world: World; jobs: Jobs; pages: PageSettings };

/** A method of the API. */
export type Route = {
  /** `jobs.get`: as Google's discovery document names it. */
  id: string;
  method: string;
  /** `projects/{projectId}/jobs/{jobId}` */
  path: string;
  /** The query parameters that it takes. */
  parameters: readonly string[];
  takesBody?: boolean;
  answer: (
    api: Api,
    request: ApiRequest,
    names: Readonly<Record<string, string>>,
  ) => ApiResponse | Promise<ApiResponse>;
};

/** The body as JSON; an empty one is an empty object. */
export const readJsonBody = ({ body }: Pick<ApiRequest, 'body'>): unknown => {
  if (body.length === 0) return {};
  try {
    return JSON.parse(body.toString('utf8')) as unknown;
  } catch {
    throw refusals.invalid('Invalid JSON payload received. Parsing error');
  }
};

export const ok = (body: unknown): ApiResponse => ({ status: 200, body });
