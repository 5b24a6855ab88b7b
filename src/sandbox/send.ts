import type { ServerResponse } from 'node:http';
import { setTimeout as wait } from 'node:timers/promises';
import type { Fault } from './faults.ts';

const html = '<!DOCTYPE html><html><body><h1>Service Unavailable</h1></body></html>';

const jsonType = { 'content-type': 'application/json; charset=utf-8' };

/** Sends a whole body. */
export function send(
  response: ServerResponse,
  status: number,
  body: string | Buffer | readonly Buffer[],
  headers: Record<string, string> = {},
): void {
  const pieces =
    typeof body === 'string' ? [Buffer.from(body)] : Buffer.isBuffer(body) ? [body] : body;
  const length = pieces.reduce((sum, piece) => sum + piece.length, 0);
  response.writeHead(status, { ...jsonType, 'content-length': String(length), ...headers });
  for (const piece of pieces) response.write(piece);
  response.end();
}

/** Sends HTML where JSON belongs. */
export function sendHtml(
  response: ServerResponse,
  status: number,
  headers: Record<string, string> = {},
): void {
  send(response, status, html, { 'content-type': 'text/html', ...headers });
}

async function trickle(response: ServerResponse, bytes: Buffer, ms: number): Promise<void> {
  response.writeHead(200, jsonType);
  const size = Math.max(1, Math.ceil(bytes.length / 8));
  for (let start = 0; start < bytes.length && !response.destroyed; start += size) {
    response.write(bytes.subarray(start, start + size));
    await wait(ms);
  }
  response.end();
}

function reset(response: ServerResponse, bytes: Buffer): void {
  response.writeHead(200, { ...jsonType, 'content-length': String(bytes.length) });
  response.write(bytes.subarray(0, Math.floor(bytes.length / 2)), () => response.destroy());
}

function truncate(response: ServerResponse, bytes: Buffer, withLength: boolean): void {
  const half = bytes.subarray(0, Math.floor(bytes.length / 2));
  if (!withLength) {
    send(response, 200, half);
    return;
  }
  response.writeHead(200, { ...jsonType, 'content-length': String(bytes.length) });
  response.write(half, () => response.socket?.end());
}

/** Sends a body the way a fault asks for; false when the fault leaves the body alone. */
export async function sendBroken(
  response: ServerResponse,
  bytes: Buffer,
  fault: Fault,
): Promise<boolean> {
  if (fault.kind === 'reset') reset(response, bytes);
  else if (fault.kind === 'truncate') truncate(response, bytes, fault.withLength === true);
  else if (fault.kind === 'badJson') send(response, 200, bytes.toString('utf8').replace(':', ';'));
  else if (fault.kind === 'trickle') await trickle(response, bytes, fault.ms ?? 20);
  else return false;
  return true;
}
