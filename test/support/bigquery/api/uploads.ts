import { randomUUID } from 'node:crypto';
import { parseJobRequest, type JobRequest } from '../jobs/configuration.ts';
import { writeJob } from '../jobs/job-resource.ts';
import { Refusal, refusals, toErrorProto } from '../refusals.ts';
import { errorAnswer } from '../google-errors.ts';
import { readMultipart } from './multipart.ts';
import { ok, readJsonBody, type Api, type ApiRequest, type ApiResponse } from './request.ts';

const unit = 262_144;

/** A resumable upload under way. */
export type Upload = {
  request: JobRequest;
  /** As the first request or a chunk said. */
  total: number | undefined;
  chunks: Buffer[];
  size: number;
  /** Once all bytes are there; it stays the same from then on. */
  answer: ApiResponse | undefined;
};

export type Uploads = {
  /** `POST /upload/…`: a whole upload, or the beginning of a resumable one. */
  begin: (api: Api, request: ApiRequest) => Promise<ApiResponse>;
  /** `PUT` to the session's address: a chunk, or the question how much has arrived. */
  proceed: (api: Api, request: ApiRequest, keepBytes: number | undefined) => Promise<ApiResponse>;
  find: (request: Pick<ApiRequest, 'query'>) => Upload | undefined;
  /** The session is gone. */
  forget: (request: Pick<ApiRequest, 'query'>) => void;
  /** So are all sessions that have made their jobs. */
  forgetDone: () => void;
};

export type UploadSettings = {
  url: () => string;
  /** Whether a job id that is taken is refused when the upload begins; else when it ends. */
  checksEarly: boolean;
};

type Range = { from: number; to: number; total: number | undefined };

/** `bytes 0-99/200`, the total perhaps a star; or a star for the range too. A missing header is the whole file. */
const readRange = (header: string | undefined, length: number): Range => {
  if (header === undefined) return { from: 0, to: length - 1, total: length };
  const [, from, to, total] = /^bytes (?:(\d+)-(\d+)|\*)\/(\d+|\*)$/.exec(header) ?? [];
  if (total === undefined)
    throw refusals.invalid(`Failed to parse Content-Range header: ${header}`);
  const size = total === '*' ? undefined : Number(total);
  if (from === undefined) return { from: 0, to: -1, total: size };
  const range = { from: Number(from), to: Number(to), total: size };
  if (range.to - range.from + 1 !== length) {
    throw refusals.invalid(`Content-Range ${header} does not fit a body of ${length} bytes`);
  }
  return range;
};

const incomplete = ({ size }: Upload): ApiResponse => ({
  status: 308,
  headers: size === 0 ? {} : { range: `bytes=0-${size - 1}` },
});

const checkChunk = (upload: Upload, { from, to, total }: Range): void => {
  if (upload.total !== undefined && total !== undefined && upload.total !== total) {
    throw refusals.invalid(`The upload was to have ${upload.total} bytes, not ${total}`);
  }
  if (from > upload.size) {
    throw refusals.invalid(`Chunk begins at byte ${from}; the next one is byte ${upload.size}`);
  }
  const length = to - from + 1;
  const isLast = total !== undefined && to + 1 === total;
  if (!isLast && length % unit !== 0) {
    throw refusals.invalid(
      `Invalid request. The number of bytes uploaded is required to be equal or greater than ${unit}, except for the final request (it's recommended to be the exact multiple of ${unit}). The received request contained ${length} bytes, which does not meet this requirement.`,
    );
  }
};

/** Keeps what is new of a chunk; a chunk may come again. */
const keep = (upload: Upload, from: number, body: Buffer): void => {
  const fresh = body.subarray(upload.size - from);
  upload.chunks.push(fresh);
  upload.size += fresh.length;
};

const insertJob = async (api: Api, request: JobRequest, file: Buffer): Promise<ApiResponse> => {
  if (request.configuration.load === undefined) throw refusals.invalid('Uploads are for load jobs');
  return ok(writeJob(api.world.projectId, await api.jobs.insert(request, file)));
};

/** The job is made now, and whatever is answered stays the answer. */
const finish = async (api: Api, upload: Upload): Promise<ApiResponse> => {
  try {
    upload.answer = await insertJob(api, upload.request, Buffer.concat(upload.chunks));
  } catch (error) {
    if (!(error instanceof Refusal)) throw error;
    upload.answer = errorAnswer(toErrorProto(error));
  }
  upload.chunks = [];
  return upload.answer;
};

export const createUploads = ({ url, checksEarly }: UploadSettings): Uploads => {
  const uploads = new Map<string, Upload>();
  const find: Uploads['find'] = ({ query }) => uploads.get(query.get('upload_id') ?? '');

  const beginResumable = (api: Api, request: ApiRequest): ApiResponse => {
    const { world, jobs } = api;
    world.access.check('bigquery.jobs.create', { kind: 'project', projectId: world.projectId });
    const jobRequest = parseJobRequest(readJsonBody(request));
    if (checksEarly) jobs.checkFree(jobRequest);
    const length = request.headers['x-upload-content-length'];
    const total = length === undefined ? undefined : Number(length);
    const id = randomUUID();
    uploads.set(id, { request: jobRequest, total, chunks: [], size: 0, answer: undefined });
    const location = `${url()}${request.path}?uploadType=resumable&upload_id=${id}`;
    return { status: 200, headers: { location, 'x-guploader-uploadid': id } };
  };

  return {
    find,
    forget: ({ query }) => {
      uploads.delete(query.get('upload_id') ?? '');
    },
    forgetDone: () => {
      for (const [id, { answer }] of uploads) if (answer !== undefined) uploads.delete(id);
    },
    begin: async (api, request) => {
      const type = request.query.get('uploadType');
      if (type === 'resumable') return beginResumable(api, request);
      if (type !== 'multipart') throw refusals.unsupported(`uploadType=${String(type)}`);
      const contentType = request.headers['content-type'];
      const { metadata, file } = readMultipart(request.body, String(contentType));
      return insertJob(api, parseJobRequest(metadata), file);
    },
    proceed: async (api, request, keepBytes) => {
      const upload = find(request);
      if (upload === undefined) throw refusals.notFound('Upload session');
      if (upload.answer !== undefined) return upload.answer;
      const header = request.headers['content-range'] as string | undefined;
      const range = readRange(header, request.body.length);
      const isQuestion = range.to < range.from && header !== undefined;
      if (!isQuestion) {
        checkChunk(upload, range);
        keep(upload, range.from, request.body.subarray(0, keepBytes));
      }
      upload.total ??= range.total;
      return upload.size === upload.total ? finish(api, upload) : incomplete(upload);
    },
  };
};
