import { SourceError } from '../../errors.ts';
import { HttpFailure } from '../../http/failure.ts';
import { retryAfterMaxMs } from '../../limits.ts';

/** A failure in words: what state the source is in, and what to do. */
type Words = { state: string; advice: string };

/** What a command does that is run again: a load goes on, a report is read anew. */
export type Again = 'goesOn' | 'startsOver';

const goesOn: Readonly<Record<Again, string>> = {
  goesOn: '; it goes on where it stopped',
  startsOver: '',
};

const laterOf = (again: Again): string => `run the command again later${goesOn[again]}`;

/** Words only where there were several attempts. */
const timesOf = (failure: HttpFailure): string =>
  failure.attempts > 1 ? ` at each of ${failure.attempts} attempts` : '';

/** The words for a wait that is too long to obey. */
const wordsOfWait = (failure: HttpFailure): Words | undefined => {
  const { status = 0, retryAfterMs = 0 } = failure.facts;
  if (retryAfterMs <= retryAfterMaxMs || (status !== 429 && status < 500)) return undefined;
  const seconds = Math.ceil(retryAfterMs / 1000);
  return {
    state: `${failure.facts.host ?? 'the source'} answered ${status} and asks to wait ${seconds} s`,
    advice: 'run the command again after that time',
  };
};

const adviceOfStatus = (status: number, scope: string, again: Again): string => {
  if (status === 400) {
    return 'a filter or a stored continuation token is not accepted; this is a bug unless the cursor was changed by hand';
  }
  if (status === 401) return 'check ST_CLIENT_ID, ST_CLIENT_SECRET and ST_APP_KEY';
  if (status === 403) {
    return `give the application the scope ${scope} and have the tenant ST_TENANT_ID connected to it`;
  }
  if (status === 404) return 'check ST_TENANT_ID and ST_BASE_URL, and that the feature is enabled';
  if (status === 429) return 'lower ST_REQUESTS_PER_SECOND, or run the command again later';
  if (status >= 500) return laterOf(again);
  return 'this is not an answer that the endpoint documents';
};

const wordsOfNetwork = (failure: HttpFailure, variable: string, again: Again): Words => {
  const { host = 'the source', code, status } = failure.facts;
  const coded = code === undefined ? '' : ` (${code})`;
  switch (failure.kind) {
    case 'unreachable':
      return {
        state: `${host} is out of reach${coded}${timesOf(failure)}`,
        advice: `check the network and ${variable}`,
      };
    case 'tls':
      return {
        state: `no trusted TLS connection to ${host}${coded}`,
        advice: `check ${variable}, a proxy in between and the certificates of this machine`,
      };
    case 'redirect':
      return {
        state: `${host} answered ${status ?? 'with'} a redirect, which is never followed`,
        advice: `set ${variable} to the address of the API itself`,
      };
    case 'timeout':
      return {
        state: `${host} gave no whole answer in time${timesOf(failure)}`,
        advice: laterOf(again),
      };
    case 'tooLarge':
      return {
        state: `${host} sent a larger answer than is allowed`,
        advice: 'report it as a bug',
      };
    case 'cut':
      return {
        state: `the connection to ${host} broke${coded}${timesOf(failure)}`,
        advice: laterOf(again),
      };
    case 'body':
      return {
        state: `the answer was not what the endpoint documents${timesOf(failure)}`,
        advice: `check ${variable}, then run the command again later`,
      };
    case 'closed':
      return {
        state: 'the command is ending',
        advice: `run it again${goesOn[again]}`,
      };
    case 'status':
      throw new Error('A status has its own words.');
  }
};

/** Statuses that speak of one endpoint; refused credentials and throttling concern them all. */
const isOfEndpoint = (status: number): boolean =>
  [400, 403, 404, 409].includes(status) || status >= 500;

const toError = (
  what: string,
  { state, advice }: Words,
  failure: HttpFailure,
  ofEntity = false,
): SourceError => {
  const { status, traceId } = failure.facts;
  const trace = traceId === undefined ? '' : ` (trace id ${traceId})`;
  return new SourceError(`Cannot ${what}: ${state}${trace}; ${advice}`, {
    ...(status === undefined ? {} : { status }),
    ...(traceId === undefined ? {} : { traceId }),
    ofEntity,
  });
};

/** What was asked for, in words. `advice` is what to do about a status, where its usual advice does not fit. */
export type Asked = {
  what: string;
  place: string;
  scope: string;
  again?: Again;
  advice?: Readonly<Record<number, string>>;
};

/** What to throw for a failed page; anything but an HttpFailure stays as it is. */
export const explainPageFailure = (error: unknown, asked: Asked): unknown => {
  if (!(error instanceof HttpFailure)) return error;
  const { again = 'goesOn' } = asked;
  const what = `read ${asked.what}`;
  if (error.kind !== 'status') {
    return toError(what, wordsOfNetwork(error, 'ST_BASE_URL', again), error);
  }
  const { status = 0 } = error.facts;
  const words = wordsOfWait(error) ?? {
    state: `ServiceTitan answered ${status} at ${asked.place}${timesOf(error)}`,
    advice: asked.advice?.[status] ?? adviceOfStatus(status, asked.scope, again),
  };
  return toError(what, words, error, isOfEndpoint(status));
};

const adviceOfTokenStatus = (status: number): string => {
  if (status === 400 || status === 401 || status === 403) {
    return 'check ST_CLIENT_ID and ST_CLIENT_SECRET, and that they belong to this environment';
  }
  return status === 404 ? 'check ST_AUTH_URL' : laterOf('goesOn');
};

/** What to throw for a failed token request; anything but an HttpFailure stays as it is. */
export const explainTokenFailure = (error: unknown): unknown => {
  if (!(error instanceof HttpFailure)) return error;
  const what = 'get a token';
  if (error.kind !== 'status') {
    return toError(what, wordsOfNetwork(error, 'ST_AUTH_URL', 'goesOn'), error);
  }
  const { host = 'the source', status = 0 } = error.facts;
  const words = wordsOfWait(error) ?? {
    state: `${host} answered ${status}${timesOf(error)}`,
    advice: adviceOfTokenStatus(status),
  };
  return toError(what, words, error);
};
