/** One entry of Google's lists of errors: in an answer, and in a job's status. */
export type ErrorProto = {
  reason: string;
  message: string;
  location?: string;
  locationType?: string;
  domain?: string;
};

/** https://cloud.google.com/bigquery/docs/error-messages */
const statuses: Readonly<Record<string, number>> = {
  accessDenied: 403,
  accessNotConfigured: 403,
  authError: 401,
  backendError: 503,
  badRequest: 400,
  billingNotEnabled: 403,
  bytesBilledLimitExceeded: 400,
  conditionNotMet: 412,
  duplicate: 409,
  internalError: 500,
  invalid: 400,
  invalidQuery: 400,
  invalidParameter: 400,
  jobBackendError: 400,
  jobInternalError: 400,
  jobRateLimitExceeded: 400,
  notFound: 404,
  notImplemented: 501,
  quotaExceeded: 403,
  rateLimitExceeded: 403,
  required: 401,
  resourceInUse: 400,
  resourcesExceeded: 400,
  stopped: 400,
};

/** Something that Google would refuse too, or that the stand-in does not know. */
export class Refusal extends Error {
  override readonly name = 'Refusal';
  readonly reason: string;
  readonly location: string | undefined;

  constructor(reason: string, message: string, location?: string) {
    super(message);
    this.reason = reason;
    this.location = location;
  }
}

/** The status that an error of this reason has as an answer. */
export const statusOf = (reason: string): number => statuses[reason] ?? 400;

/** As it stands in a job's status. */
export const toErrorProto = ({ reason, message, location }: Refusal): ErrorProto => ({
  reason,
  ...(location === undefined ? {} : { location }),
  message,
});

/** What the stand-in refuses, in Google's words where it knows them. */
export const refusals = {
  notFound: (what: string) => new Refusal('notFound', `Not found: ${what}`),
  duplicate: (what: string) => new Refusal('duplicate', `Already Exists: ${what}`),
  inUse: (what: string) => new Refusal('resourceInUse', `${what} is still in use`),
  invalid: (message: string, location?: string) => new Refusal('invalid', message, location),
  invalidQuery: (message: string) => new Refusal('invalidQuery', message, 'query'),
  /** Not Google's: what BigQuery may well take, and the stand-in has no answer for. */
  unsupported: (what: string) =>
    new Refusal('notImplemented', `The stand-in for BigQuery does not know ${what}`),
} as const;
