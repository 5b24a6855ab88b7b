import { types } from 'node:util';

/** What Google, or the way there, said of a request or a job that failed. */
export type FailureFacts = {
  /** HTTP status; null when there was no answer, or when a job failed. */
  status: number | null;
  /**
   * Google's word for it (`notFound`, `rateLimitExceeded` …), or ours: `unreachable`, `timeout`, `tls`, `redirect`,
   * `credentials`.
   */
  reason: string;
};

/** A refusal or a failure on the way, before anybody has said what it means for the user. */
export class BigqueryFailure extends Error {
  override readonly name = 'BigqueryFailure';
  readonly facts: FailureFacts;

  constructor(message: string, facts: FailureFacts, options: ErrorOptions = {}) {
    super(message, options);
    this.facts = facts;
  }
}

type Fields = Record<string, unknown>;

const fieldsOf = (value: unknown): Fields =>
  typeof value === 'object' && value !== null ? (value as Fields) : {};

const parse = (body: unknown): Fields => {
  if (typeof body !== 'string') return fieldsOf(body);
  try {
    return fieldsOf(JSON.parse(body));
  } catch {
    return {};
  }
};

const credentialsPatterns =
  /default credentials|invalid_grant|invalid_client|unauthorized_client|not a file|private_key|client_email|key file|metadata server|credential file/i;

const networkCodes =
  /^(?:E(?:CONN\w+|PIPE|HOSTUNREACH|NETUNREACH|AI_AGAIN|NOTFOUND|TIMEDOUT|PROTO)|ERR_STREAM_PREMATURE_CLOSE|UND_ERR\w*)$/;

const tlsCodes = /^(?:ERR_TLS_|ERR_SSL_|CERT_|DEPTH_ZERO|SELF_SIGNED|UNABLE_TO_|HOSTNAME_MISMATCH)/;

const isNumber = (value: unknown): value is number => typeof value === 'number';

/** Of an HTML page, or of several lines, what a person wants to read. */
const shorten = (message: string): string =>
  (message.startsWith('<') ? 'an HTML page' : (message.trim().split('\n')[0] ?? '')).slice(0, 500);

/** The error object of Google's own form, wherever a library has put it. */
const findGoogleError = (error: Fields): Fields => {
  const response = fieldsOf(error.response);
  for (const body of [response.data, response.body]) {
    const found = fieldsOf(parse(body).error);
    if (isNumber(found.code)) return found;
  }
  return error;
};

const firstOf = (errors: unknown): Fields =>
  fieldsOf(Array.isArray(errors) ? (errors as unknown[])[0] : undefined);

const reasonOfStatus = (status: number): string => {
  if (status === 401) return 'credentials';
  if (status === 404) return 'notFound';
  if (status === 409) return 'duplicate';
  return status === 429 ? 'rateLimitExceeded' : status >= 500 ? 'backendError' : 'refused';
};

/** Reads an error of Google's libraries; undefined for anything else, which is a bug. */
export const readFailure = (thrown: unknown): BigqueryFailure | undefined => {
  if (thrown instanceof BigqueryFailure) return thrown;
  if (!types.isNativeError(thrown)) return undefined;
  const error = thrown as unknown as Fields;
  const google = findGoogleError(error);
  const first = firstOf(google.errors);
  const said = [google.message, first.message].find((text) => typeof text === 'string');
  const message = shorten(said ?? thrown.message);
  const make = (status: number | null, reason: string): BigqueryFailure =>
    new BigqueryFailure(message, { status, reason }, { cause: thrown });
  if (credentialsPatterns.test(thrown.message)) return make(null, 'credentials');
  if (isNumber(google.code)) {
    const reason = typeof first.reason === 'string' ? first.reason : reasonOfStatus(google.code);
    return make(google.code, google.code === 401 ? 'credentials' : reason);
  }
  const status = fieldsOf(error.response).status ?? error.status;
  if (isNumber(status)) return make(status, reasonOfStatus(status));
  const code = fieldsOf(error.cause).code ?? error.code;
  // The only file that the libraries read is the key file.
  if (code === 'ENOENT' || code === 'EACCES' || code === 'EISDIR') return make(null, 'credentials');
  if (typeof code === 'string' && tlsCodes.test(code)) return make(null, 'tls');
  const isNetwork =
    (typeof code === 'string' && networkCodes.test(code)) || error.type === 'system';
  if (isNetwork) return make(null, 'unreachable');
  const names = [thrown.name, fieldsOf(error.cause).name];
  if (names.includes('AbortError') || names.includes('TimeoutError')) return make(null, 'timeout');
  // A body that was cut, or that is no JSON though it says so.
  return thrown.name === 'FetchError' || thrown instanceof SyntaxError
    ? make(null, 'unreachable')
    : undefined;
};

const passingReasons = new Set([
  'unreachable',
  'timeout',
  'backendError',
  'internalError',
  'rateLimitExceeded',
  'tableUnavailable',
]);

/** The same request may succeed when it is sent again; whether it was carried out is not known. */
export const mayPass = ({ facts: { status, reason } }: BigqueryFailure): boolean =>
  passingReasons.has(reason) ||
  status === 429 ||
  (status !== null && status >= 500 && status !== 501);

const passingJobReasons = new Set([
  'backendError',
  'internalError',
  'jobBackendError',
  'jobInternalError',
  'jobRateLimitExceeded',
  'rateLimitExceeded',
  'tableUnavailable',
]);

/** Another transaction or statement changed the same table meanwhile. */
export const isConflict = ({ message }: Error): boolean =>
  /concurrent (?:update|transaction|modification)|could not serialize access/i.test(message);

/** A job that ended so may succeed under a new id. */
export const mayPassAnew = (failure: BigqueryFailure): boolean =>
  passingJobReasons.has(failure.facts.reason) || isConflict(failure);
