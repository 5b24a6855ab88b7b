import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

/** What is served at a path: a list of records as JSON text, in the envelope of a list or of an export. */
export type Route = { path: string; envelope: 'list' | 'export'; records: string };

export type FixtureServer = { url: string; close: () => Promise<void> };

const answer = (routes: Route[], request: IncomingMessage, response: ServerResponse): void => {
  const url = new URL(request.url ?? '', 'http://localhost');
  const send = (status: number, text: string): void => {
    response.writeHead(status, { 'content-type': 'application/json' }).end(text);
  };
  if (url.pathname === '/connect/token') {
    send(200, '{"access_token":"token","expires_in":900,"token_type":"Bearer"}');
    return;
  }
  const route = routes.find(({ path }) => path === url.pathname);
  if (route === undefined) {
    send(404, '{"title":"Not found"}');
    return;
  }
  const { records } = route;
  const count = (JSON.parse(records) as unknown[]).length;
  send(
    200,
    route.envelope === 'list'
      ? `{"page":1,"pageSize":5000,"hasMore":false,"totalCount":${count},"data":${records}}`
      : `{"hasMore":false,"continueFrom":"end","data":${records}}`,
  );
};

/** A server on a free port of the loopback address that answers each route with all its records. */
export const startFixtureServer = async (routes: Route[]): Promise<FixtureServer> => {
  const server = createServer((request, response) => {
    request.resume();
    request.on('end', () => {
      answer(routes, request, response);
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${port}`,
    close: () =>
      new Promise((resolve) => {
        server.close(() => {
          resolve();
        });
        server.closeAllConnections();
      }),
  };
};
