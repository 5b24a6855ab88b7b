/**
 * Why a request brought nothing.
 * - `status`: an answer outside 2xx (a redirect has its own kind, and is never followed).
 * - `timeout`: no complete answer within the time for one request.
 * - `tooLarge`: the body is larger than allowed.
 * - `unreachable`: no connection: unknown name, refused, no route.
 * - `tls`: the host's certificate or protocol is not acceptable.
 * - `cut`: the connection broke, or the body ended early.
 * - `body`: a complete answer that is not what it should be.
 * - `closed`: the program is ending.
 */
export type FailureKind =
  | 'status'
  | 'redirect'
  | 'timeout'
  | 'tooLarge'
  | 'unreachable'
  | 'tls'
  | 'cut'
  | 'body'
  | 'closed';

export type FailureFacts = {
  /** Host name of the server; never a path or a query. */
  host?: string;
  status?: number;
  /** The server's id of the request, out of a problem-details body. */
  traceId?: string;
  /** Names of the parameters that a problem-details body finds faulty. */
  fields?: readonly string[];
  /** The server's clock when it answered, in milliseconds since 1970. */
  serverMs?: number;
  /** How long the server asks to wait, in milliseconds. */
  retryAfterMs?: number;
  /** Code of the network error: `ENOTFOUND`, `UND_ERR_SOCKET`. */
  code?: string;
  /** The host answered nothing yet in this run. */
  firstContact?: boolean;
};

/**
 * One failed request, as facts without any text of the exchange: no body, header, path or query, and no `cause`,
 * because a library's error can quote the response. A source turns it into a SourceError.
 */
export class HttpFailure extends Error {
  override readonly name = 'HttpFailure';
  readonly kind: FailureKind;
  readonly facts: FailureFacts;
  /** How many times the request was made; set when its retries are over. */
  attempts = 1;

  constructor(kind: FailureKind, facts: FailureFacts = {}) {
    super(`request failed: ${kind}`);
    this.kind = kind;
    this.facts = facts;
  }
}

const unreachableCodes = new Set([
  'ENOTFOUND',
  'EAI_AGAIN',
  'ECONNREFUSED',
  'EHOSTUNREACH',
  'ENETUNREACH',
  'ENETDOWN',
  'EHOSTDOWN',
  'ETIMEDOUT',
  'UND_ERR_CONNECT_TIMEOUT',
]);

const tlsCodes =
  /^(ERR_TLS_|ERR_SSL_|CERT_|DEPTH_ZERO|SELF_SIGNED|UNABLE_TO_|HOSTNAME_MISMATCH|EPROTO$)/;

const kindOfCode = (code: string): FailureKind => {
  if (unreachableCodes.has(code)) return 'unreachable';
  if (tlsCodes.test(code)) return 'tls';
  if (code === 'UND_ERR_HEADERS_TIMEOUT' || code === 'UND_ERR_BODY_TIMEOUT') return 'timeout';
  if (code === 'UND_ERR_RES_EXCEEDED_MAX_SIZE' || code === 'ERR_BUFFER_TOO_LARGE') {
    return 'tooLarge';
  }
  return 'cut';
};

/** Code of a network library's error, where it has one. */
const codeOf = (error: unknown): string => {
  const { code } = Object(error) as Record<string, unknown>;
  return typeof code === 'string' ? code : '';
};

/** A network or decoding error as a failure. */
export const failureOf = (error: unknown, facts: FailureFacts): HttpFailure => {
  if (error instanceof HttpFailure) return error;
  const code = codeOf(error);
  return new HttpFailure(kindOfCode(code), code === '' ? facts : { ...facts, code });
};
