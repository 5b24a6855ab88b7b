import type { Inserted, JobConfiguration } from './api.ts';
import type { Address, Client } from './connect.ts';
import { BigqueryFailure, mayPass, readFailure } from './failure.ts';
import { delayMsOf, send, type Pace } from './send.ts';
import { toChunks, type Chunk } from './to-chunks.ts';

export type UploadDeps = {
  client: Client;
  address: Address;
  pace: Pace;
  /** A multiple of 256 KiB; so much stands in memory. */
  chunkBytes: number;
  /** One chunk on its way. */
  chunkTimeoutMs: number;
};

/** What a load job takes, and where it comes from: given anew each time the upload starts over. */
export type Upload = {
  id: string;
  configuration: JobConfiguration;
  lines: () => AsyncIterable<string>;
};

type Answer = { status: number; headers: Headers; data: unknown };

/** The server has thrown the session away: the upload starts over. */
class SessionLost extends Error {
  override readonly name = 'SessionLost';
}

const ask = async (
  { client }: UploadDeps,
  request: { method: 'POST' | 'PUT'; url: string; headers: Record<string, string>; body: Buffer },
  timeoutMs: number,
): Promise<Answer> => {
  const { body, ...rest } = request;
  const answer = await client.authClient.request({
    ...rest,
    data: body,
    timeout: timeoutMs,
    retry: false,
    redirect: 'manual',
    responseType: 'text',
    validateStatus: () => true,
  });
  return { status: answer.status, headers: new Headers(answer.headers), data: answer.data };
};

const refuse = ({ status, data }: Answer): BigqueryFailure => {
  const error = Object.assign(new Error(`status ${status}`), { response: { status, data } });
  const failure = readFailure(error);
  return failure ?? new BigqueryFailure(`status ${status}`, { status, reason: 'refused' });
};

/** Begins a session, and gives its address; null when the job's id was used before. */
const begin = (deps: UploadDeps, { id, configuration }: Upload): Promise<string | null> =>
  send(deps.pace, async () => {
    const { project, location } = deps.address;
    const job = { jobReference: { projectId: project, jobId: id, location }, configuration };
    const answer = await ask(
      deps,
      {
        method: 'POST',
        url: `${deps.client.apiEndpoint}/upload/bigquery/v2/projects/${project}/jobs?uploadType=resumable`,
        headers: {
          'Content-Type': 'application/json; charset=UTF-8',
          'X-Upload-Content-Type': 'application/octet-stream',
        },
        body: Buffer.from(JSON.stringify(job)),
      },
      deps.pace.limits.requestTimeoutMs,
    );
    if (answer.status === 409) return null;
    const session = answer.headers.get('location');
    if (answer.status !== 200 || session === null) throw refuse(answer);
    return session;
  });

/** Bytes that the server has; `done` when it has made the job of them. */
type Progress = { done: boolean; stored: number };

const readProgress = (answer: Answer): Progress => {
  if (answer.status === 200 || answer.status === 201) return { done: true, stored: 0 };
  if (answer.status === 404 || answer.status === 410) throw new SessionLost('session lost');
  if (answer.status !== 308) throw refuse(answer);
  const last = /^bytes=0-(\d+)$/.exec(answer.headers.get('range') ?? '')?.[1];
  return { done: false, stored: last === undefined ? 0 : Number(last) + 1 };
};

const put = async (
  deps: UploadDeps,
  session: string,
  body: Buffer,
  range: string,
): Promise<Progress> => {
  const headers = {
    'Content-Range': range,
    'Content-Type': 'application/octet-stream',
    'Content-Length': String(body.length),
  };
  const request = { method: 'PUT' as const, url: session, headers, body };
  return readProgress(await ask(deps, request, deps.chunkTimeoutMs));
};

const sizeOf = ({ from, bytes, last }: Chunk): string => (last ? String(from + bytes.length) : '*');

/** After an answer that was lost: how far did it come? */
const askProgress = (deps: UploadDeps, session: string, chunk: Chunk): Promise<Progress> =>
  send(deps.pace, () => put(deps, session, Buffer.alloc(0), `bytes */${sizeOf(chunk)}`));

const putRest = (deps: UploadDeps, session: string, chunk: Chunk, stored: number) => {
  const rest = chunk.bytes.subarray(stored - chunk.from);
  const range = `bytes ${stored}-${chunk.from + chunk.bytes.length - 1}/${sizeOf(chunk)}`;
  return put(deps, session, rest, range);
};

/** Sends one chunk until the server has all of it. */
const putChunk = async (deps: UploadDeps, session: string, chunk: Chunk): Promise<Progress> => {
  const { pace } = deps;
  const end = chunk.from + chunk.bytes.length;
  let progress: Progress = { done: false, stored: chunk.from };
  for (let attempt = 1; ; attempt += 1) {
    try {
      progress = await putRest(deps, session, chunk, progress.stored);
    } catch (error) {
      const failure = readFailure(error);
      if (failure === undefined || !mayPass(failure)) throw error;
      if (attempt >= pace.limits.requestAttemptsMax) throw failure;
      await pace.sleep(delayMsOf(pace, attempt));
      progress = await askProgress(deps, session, chunk);
    }
    if (progress.done || (!chunk.last && progress.stored >= end)) return progress;
    if (progress.stored < chunk.from) throw new SessionLost('the server lost what it had');
    if (attempt >= pace.limits.requestAttemptsMax) {
      throw new BigqueryFailure('the upload does not advance', {
        status: null,
        reason: 'backendError',
      });
    }
  }
};

const putAll = async (deps: UploadDeps, session: string, upload: Upload): Promise<void> => {
  for await (const chunk of toChunks(upload.lines(), deps.chunkBytes)) {
    const { done } = await putChunk(deps, session, chunk);
    if (done) return;
  }
};

/**
 * Sends lines to a load job of its own id, in chunks, going on where the server stopped when an answer was lost.
 * @throws BigqueryFailure when it is refused, or when the attempts are over.
 */
export const upload = async (deps: UploadDeps, order: Upload): Promise<Inserted> => {
  const { pace } = deps;
  for (let attempt = 1; ; attempt += 1) {
    // An upload that starts over may have made the job before its session was lost.
    const used = attempt > 1 ? 'created' : 'exists';
    const session = await begin(deps, order);
    if (session === null) return used;
    try {
      await putAll(deps, session, order);
      return 'created';
    } catch (error) {
      if (readFailure(error)?.facts.status === 409) return used;
      if (!(error instanceof SessionLost)) throw error;
      if (attempt >= pace.limits.requestAttemptsMax) {
        const facts = { status: null, reason: 'backendError' };
        throw new BigqueryFailure('upload sessions are lost', facts, { cause: error });
      }
    }
    await pace.sleep(delayMsOf(pace, attempt));
  }
};
