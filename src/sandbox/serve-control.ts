import { once } from 'node:events';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { faultKinds } from './faults.ts';
import type { FaultOptions } from './faults.ts';
import type { Sandbox } from './sandbox.ts';
import { send } from './send.ts';

type Controlled = Omit<Sandbox, 'url' | 'close'>;

const reply = (response: ServerResponse, value: unknown, status = 200): void => {
  send(response, status, JSON.stringify(value));
};

const linesPerWrite = 500;

/** Streams a truth as NDJSON, as fast as the reader takes it. */
async function sendTruth(response: ServerResponse, lines: Iterable<string>): Promise<void> {
  response.writeHead(200, { 'content-type': 'application/x-ndjson' });
  let waiting: string[] = [];
  for (const line of lines) {
    waiting.push(line);
    if (waiting.length < linesPerWrite) continue;
    const isRoom = response.write(`${waiting.join('\n')}\n`);
    waiting = [];
    if (!isRoom) await once(response, 'drain');
  }
  response.end(waiting.length > 0 ? `${waiting.join('\n')}\n` : '');
}

function isFault(value: unknown): value is FaultOptions {
  if (typeof value !== 'object' || value === null || !('kind' in value)) return false;
  return faultKinds.some((kind) => kind === value.kind);
}

function readHours(value: unknown): number | undefined {
  if (typeof value !== 'object' || value === null || !('hours' in value)) return undefined;
  return typeof value.hours === 'number' && value.hours >= 0 ? value.hours : undefined;
}

function parse(body: string): unknown {
  try {
    return JSON.parse(body === '' ? 'null' : body);
  } catch {
    return undefined;
  }
}

/** Answers what is asked under /sandbox/: counts, truth, requests, advance and faults. */
export async function serveControl(
  sandbox: Controlled,
  request: IncomingMessage,
  response: ServerResponse,
  url: URL,
  body: string,
): Promise<void> {
  const [, , topic = '', name = ''] = url.pathname.split('/');
  const value = parse(body);
  switch (`${request.method ?? ''} ${topic}`) {
    case 'GET counts':
      reply(response, sandbox.counts());
      return;
    case 'GET truth':
      if (sandbox.entityNames.includes(name)) {
        const shape = url.searchParams.get('shape') === 'export' ? 'export' : 'list';
        await sendTruth(response, sandbox.truth(name, shape));
      } else reply(response, { error: `no entity ${name}` }, 404);
      return;
    case 'GET requests':
      reply(response, sandbox.requests());
      return;
    case 'DELETE requests':
      sandbox.resetRequests();
      reply(response, {});
      return;
    case 'POST advance': {
      const hours = readHours(value);
      if (hours === undefined) reply(response, { error: 'give {"hours": n}' }, 400);
      else reply(response, sandbox.advance({ hours }));
      return;
    }
    case 'GET faults':
      reply(response, sandbox.faults());
      return;
    case 'POST faults':
      if (isFault(value)) reply(response, sandbox.addFault(value));
      else reply(response, { error: `give {"kind": one of ${faultKinds.join(', ')}}` }, 400);
      return;
    case 'DELETE faults':
      sandbox.clearFaults();
      reply(response, {});
      return;
    default:
      reply(response, { error: 'no such control' }, 404);
  }
}
