import type { Inserted, JobConfiguration } from './api.ts';
import { ask, refusalOf, type Answer } from './ask.ts';
import type { Address, Client } from './connect.ts';
import { BigqueryFailure, mayPass, readFailure } from './failure.ts';
import { openReadAhead, type Ahead } from './read-ahead.ts';
import { delayMsOf, send, type Pace } from './send.ts';

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

/** The server has thrown the session away: the upload starts over. */
class SessionLost extends Error {
  override readonly name = 'SessionLost';
}

/** Begins a session, and gives its address; null when the job's id was used before. */
const begin = (deps: UploadDeps, { id, configuration }: Upload): Promise<string | null> =>
  send(deps.pace, async () => {
    const { client, address } = deps;
    const { project, location } = address;
    const job = { jobReference: { projectId: project, jobId: id, location }, configuration };
    const url = `${client.apiEndpoint}/upload/bigquery/v2/projects/${project}/jobs?uploadType=resumable`;
    const answer = await ask(client, address, {
      ...{ method: 'POST', url },
      headers: {
        'Content-Type': 'application/json; charset=UTF-8',
        'X-Upload-Content-Type': 'application/octet-stream',
      },
      body: Buffer.from(JSON.stringify(job)),
      timeoutMs: deps.pace.limits.requestTimeoutMs,
    });
    if (answer.status === 409) return null;
    const session = answer.headers.get('location');
    if (answer.status !== 200 || session === null) throw refusalOf(answer, new URL(url));
    return session;
  });

/** Bytes that the server has; `done` when it has made the job of them. */
type Progress = { done: boolean; stored: number };

const readProgress = (answer: Answer, url: string): Progress => {
  if (answer.status === 200 || answer.status === 201) return { done: true, stored: 0 };
  if (answer.status === 404 || answer.status === 410) throw new SessionLost('session lost');
  if (answer.status !== 308) throw refusalOf(answer, new URL(url));
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
  const { client, address, chunkTimeoutMs: timeoutMs } = deps;
  const question = { method: 'PUT' as const, url: session, headers, body, timeoutMs };
  return readProgress(await ask(client, address, question), session);
};

/** A part of the upload on its way: where it begins, its bytes, and whether it is the last. */
type Part = Ahead & { from: number };

const sizeOf = ({ from, bytes, last }: Part): string => (last ? String(from + bytes.length) : '*');

/** After an answer that was lost: how far did it come? */
const askProgress = (deps: UploadDeps, session: string, part: Part): Promise<Progress> =>
  send(deps.pace, () => put(deps, session, Buffer.alloc(0), `bytes */${sizeOf(part)}`));

/** Sends a part; where the answer is lost, asks what came of it. */
const putPart = async (
  deps: UploadDeps,
  session: string,
  part: Part,
  attempt: number,
): Promise<Progress> => {
  const range = `bytes ${part.from}-${part.from + part.bytes.length - 1}/${sizeOf(part)}`;
  try {
    return await put(deps, session, part.bytes, range);
  } catch (error) {
    const failure = readFailure(error);
    if (failure === undefined) throw error;
    if (!mayPass(failure) || attempt >= deps.pace.limits.requestAttemptsMax) throw failure;
  }
  await deps.pace.sleep(delayMsOf(deps.pace, attempt));
  return askProgress(deps, session, part);
};

/** Sends part after part, each from where the server stands. */
const putAll = async (deps: UploadDeps, session: string, { lines }: Upload): Promise<void> => {
  const ahead = openReadAhead(lines());
  let from = 0;
  for (let attempt = 1; attempt <= deps.pace.limits.requestAttemptsMax; attempt += 1) {
    const part = { from, ...(await ahead.peek(deps.chunkBytes)) };
    const { done, stored } = await putPart(deps, session, part, attempt);
    if (done) return;
    if (stored < from) throw new SessionLost('the server lost what it had');
    ahead.drop(stored - from);
    if (stored > from) attempt = 0;
    from = stored;
  }
  const facts = { status: null, reason: 'backendError' };
  throw new BigqueryFailure('the upload does not advance', facts);
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
