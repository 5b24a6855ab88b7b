import { once } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

/** A server on this machine that keeps what it is sent. */
export type Listener = {
  url: string;
  /** Method, path, headers and body of each request, as one text. */
  heard: string[];
  close: () => Promise<void>;
};

/** Listens on a free port. Default: answers 200 with nothing. */
export const listen = async (
  answer: (request: IncomingMessage, response: ServerResponse) => void = (_, response) => {
    response.end();
  },
): Promise<Listener> => {
  const heard: string[] = [];
  const server = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      const { method = '', url = '', rawHeaders } = request;
      heard.push([method, url, ...rawHeaders, Buffer.concat(chunks).toString('latin1')].join(' '));
      answer(request, response);
    });
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    heard,
    close: async () => {
      server.closeAllConnections();
      server.close();
      await once(server, 'close');
    },
  };
};
