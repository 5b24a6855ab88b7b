import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

type Reply = { status: number; text: string };

type Records = Record<string, unknown>[];

/** How the next requests fare, before the stand-in does what Databox documents. */
export type DataboxFault =
  { status: number; times: number } | { reject: number } | { pending: number };

export type StandIn = {
  url: string;
  /** By data set: its rows by primary key. */
  rows: Map<string, Map<string, Record<string, unknown>>>;
  /** The sizes of the calls that brought records. */
  calls: number[];
  /** What no client of Databox may do; a test that leaves any here fails. */
  faults: string[];
  fail: (fault: DataboxFault | null) => void;
  close: () => Promise<void>;
};

const readBody = async (request: IncomingMessage): Promise<string> => {
  const parts: Buffer[] = [];
  for await (const part of request) parts.push(part as Buffer);
  return Buffer.concat(parts).toString('utf8');
};

/**
 * A stand-in of Databox's API for rows of data sets, as its reference describes it: a key in `x-api-key`, at most 100
 * records in a call, rows replaced by primary key, ingestions that are done a moment later. It is strict: whatever the
 * reference does not know is kept as a fault.
 * @param keys The primary key of each data set.
 */
export const startDatabox = async (
  apiKey: string,
  keys: Readonly<Record<string, string>>,
): Promise<StandIn> => {
  const rows = new Map(
    Object.keys(keys).map((id) => [id, new Map<string, Record<string, unknown>>()]),
  );
  const ingestions = new Map<string, { records: number; asked: number; rejected: number }>();
  const [calls, faults]: [number[], string[]] = [[], []];
  let fault: DataboxFault | null = null;

  const answer = (status: number, body: Record<string, unknown>): Reply => ({
    status,
    text: JSON.stringify({
      requestId: 'b0eac937',
      status: status < 300 ? 'success' : 'error',
      ...body,
    }),
  });

  const take = (datasetId: string, records: Records): string => {
    const key = keys[datasetId] ?? '';
    for (const record of records) {
      const id = record[key];
      if (typeof id !== 'string' && typeof id !== 'number') faults.push(`a record without ${key}`);
      rows.get(datasetId)?.set(String(id), record);
    }
    calls.push(records.length);
    const rejected = fault !== null && 'reject' in fault ? fault.reject : 0;
    const id = `ingestion-${ingestions.size + 1}`;
    ingestions.set(id, { records: records.length, asked: 0, rejected });
    return id;
  };

  const serve = async (request: IncomingMessage): Promise<Reply> => {
    const text = await readBody(request);
    const [, version, collection, datasetId = '', part, ingestionId = ''] = (
      request.url ?? ''
    ).split('/');
    if (request.headers['x-api-key'] !== apiKey)
      return answer(401, { errors: [{ code: 'unauthorized' }] });
    if (fault !== null && 'status' in fault && fault.times > 0) {
      fault.times -= 1;
      return answer(fault.status, { errors: [{ code: 'server' }] });
    }
    if (version !== 'v1' || collection !== 'datasets')
      faults.push(`${request.method ?? ''} ${request.url ?? ''}`);
    if (!rows.has(datasetId)) return answer(404, { errors: [{ code: 'not_found' }] });
    if (request.method === 'POST' && part === 'data') {
      if (request.headers['content-type'] !== 'application/json') faults.push('no content type');
      const { records } = JSON.parse(text) as { records: Records };
      if (!Array.isArray(records) || records.length < 1 || records.length > 100) {
        faults.push(`${records.length} records in a call`);
        return answer(400, { errors: [{ code: 'bad_request' }] });
      }
      return answer(200, { ingestionId: take(datasetId, records) });
    }
    const ingestion = ingestions.get(ingestionId);
    if (request.method !== 'GET' || part !== 'ingestions' || ingestion === undefined) {
      faults.push(`${request.method ?? ''} ${request.url ?? ''}`);
      return answer(404, { errors: [{ code: 'not_found' }] });
    }
    ingestion.asked += 1;
    const isPending = fault !== null && 'pending' in fault && ingestion.asked <= fault.pending;
    const done = {
      receivedRecordsCount: ingestion.records,
      appendedRecordsCount: ingestion.records - ingestion.rejected,
      rejectedRecordsCount: ingestion.rejected,
      overwrittenRecordsCount: 0,
    };
    return answer(200, {
      ingestionId,
      metrics: { ingestionMetrics: isPending ? null : done },
    });
  };

  const reply = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    const { status, text } = await serve(request);
    response.writeHead(status, { 'content-type': 'application/json' }).end(text);
  };

  const server = createServer((request, response) => void reply(request, response));
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    ...{ rows, calls, faults },
    fail: (next) => {
      fault = next;
    },
    close: () =>
      new Promise((resolve) => {
        server.close(() => {
          resolve();
        });
        server.closeAllConnections();
      }),
  };
};
