import { z } from 'zod';
import { Refusal, refusals } from '../refusals.ts';
import { normalizeField, type Field } from '../values/field.ts';
import { queryParameter } from '../values/parameters.ts';

const int64 = z.union([z.string().regex(/^\d+$/), z.number().int()]).transform(String);

export const tableReference = z.strictObject({
  projectId: z.string(),
  datasetId: z.string(),
  tableId: z.string(),
});

const modes = z.enum(['NULLABLE', 'REQUIRED', 'REPEATED']);

type FieldInput = {
  name: string;
  type: string;
  mode?: 'NULLABLE' | 'REQUIRED' | 'REPEATED' | undefined;
  description?: string | undefined;
  precision?: string | undefined;
  scale?: string | undefined;
  maxLength?: string | undefined;
  fields?: FieldInput[] | undefined;
};

/** With the API's own names of types, and a mode. */
export const toFields = (fields: readonly FieldInput[]): Field[] =>
  fields.map(({ fields: inner, ...field }) =>
    normalizeField({
      ...(dropUndefined(field) as FieldInput),
      mode: field.mode ?? 'NULLABLE',
      ...(inner === undefined ? {} : { fields: toFields(inner) }),
    } as Field),
  );

const dropUndefined = (given: object): object =>
  Object.fromEntries(Object.entries(given).filter(([, value]) => value !== undefined));

/** A column as the API takes it. */
export const fieldSchema: z.ZodType<FieldInput> = z.lazy(() =>
  z.strictObject({
    name: z.string(),
    type: z.string().transform((type) => type.toUpperCase()),
    mode: z
      .string()
      .transform((mode) => mode.toUpperCase())
      .pipe(modes)
      .optional(),
    description: z.string().optional(),
    precision: int64.optional(),
    scale: int64.optional(),
    maxLength: int64.optional(),
    fields: z.array(fieldSchema).optional(),
  }),
);

export const timePartitioning = z.strictObject({
  type: z.string(),
  field: z.string().optional(),
  expirationMs: int64.optional(),
});

export const clustering = z.strictObject({ fields: z.array(z.string()) });

const writeDisposition = z.enum(['WRITE_TRUNCATE', 'WRITE_APPEND', 'WRITE_EMPTY']);
const createDisposition = z.enum(['CREATE_IF_NEEDED', 'CREATE_NEVER']);

const query = z.strictObject({
  query: z.string(),
  useLegacySql: z.boolean().default(true),
  defaultDataset: z
    .strictObject({ projectId: z.string().optional(), datasetId: z.string() })
    .optional(),
  parameterMode: z.string().optional(),
  queryParameters: z.array(queryParameter).optional(),
  maximumBytesBilled: int64.optional(),
  useQueryCache: z.boolean().optional(),
  priority: z.enum(['INTERACTIVE', 'BATCH']).optional(),
  continuous: z.literal(false).optional(),
  allowLargeResults: z.boolean().optional(),
  flattenResults: z.boolean().optional(),
  /** Google's Node library sends along what it made the parameters of; the service pays no heed. */
  types: z.unknown().optional(),
  scriptOptions: z
    .strictObject({
      statementTimeoutMs: int64.optional(),
      statementByteBudget: int64.optional(),
      keyResultStatement: z.literal('LAST').optional(),
    })
    .optional(),
});

const load = z.strictObject({
  destinationTable: tableReference,
  schema: z.strictObject({ fields: z.array(fieldSchema) }).optional(),
  sourceFormat: z.string().default('CSV'),
  writeDisposition: writeDisposition.default('WRITE_APPEND'),
  createDisposition: createDisposition.default('CREATE_IF_NEEDED'),
  autodetect: z.boolean().optional(),
  ignoreUnknownValues: z.boolean().optional(),
  maxBadRecords: z.number().optional(),
  encoding: z.string().optional(),
  timePartitioning: timePartitioning.optional(),
  clustering: clustering.optional(),
  destinationTableProperties: z
    .strictObject({
      friendlyName: z.string().optional(),
      description: z.string().optional(),
      labels: z.record(z.string(), z.string()).optional(),
      expirationTime: z.string().optional(),
    })
    .optional(),
});

const copy = z.strictObject({
  sourceTable: tableReference.optional(),
  sourceTables: z.array(tableReference).optional(),
  destinationTable: tableReference,
  writeDisposition: writeDisposition.default('WRITE_EMPTY'),
  createDisposition: createDisposition.default('CREATE_IF_NEEDED'),
  operationType: z.enum(['COPY', 'CLONE']).optional(),
});

const labels = z.record(
  z.string().regex(/^[\p{Ll}\p{Lo}][\p{Ll}\p{Lo}\p{N}_-]{0,62}$/u),
  z.string().regex(/^[\p{Ll}\p{Lo}\p{N}_-]{0,63}$/u),
);

const configuration = z.strictObject({
  jobType: z.string().optional(),
  dryRun: z.boolean().optional(),
  jobTimeoutMs: int64.optional(),
  labels: labels.optional(),
  query: query.optional(),
  load: load.optional(),
  copy: copy.optional(),
});

export type Configuration = z.infer<typeof configuration>;
export type QueryConfiguration = z.infer<typeof query>;
export type LoadConfiguration = z.infer<typeof load>;
export type CopyConfiguration = z.infer<typeof copy>;

/** What a job is asked for with. */
const jobRequest = z.strictObject({
  kind: z.string().optional(),
  configuration,
  jobReference: z
    .strictObject({
      projectId: z.string().optional(),
      jobId: z
        .string()
        .regex(/^[A-Za-z0-9_-]{1,1024}$/)
        .optional(),
      location: z.string().optional(),
    })
    .optional(),
});

export type JobRequest = z.infer<typeof jobRequest>;

const explainIssue = (issue: z.core.$ZodIssue, root: string): Refusal => {
  const path = [root, ...issue.path.map(String)].join('.');
  if (issue.code === 'unrecognized_keys') {
    const [name = ''] = issue.keys;
    return refusals.invalid(
      `Invalid JSON payload received. Unknown name "${name}" at '${path}': Cannot find field. (Or the stand-in for BigQuery does not know it.)`,
      name,
    );
  }
  return refusals.invalid(`Invalid value at '${path}': ${issue.message}`, path);
};

/**
 * The body of a request in the form that a schema describes.
 * @throws Refusal for fields that are unknown, missing or of another kind.
 */
export const parseBody = <T>(schema: z.ZodType<T>, body: unknown, root: string): T => {
  const parsed = schema.safeParse(body);
  if (parsed.success) return parsed.data;
  const [issue] = parsed.error.issues;
  throw issue === undefined ? refusals.invalid('Invalid request') : explainIssue(issue, root);
};

/** @throws Refusal for what is no job that the stand-in knows. */
export const parseJobRequest = (body: unknown): JobRequest => {
  const request = parseBody(jobRequest, body, 'job');
  const { query: asked, load: loaded, copy: copied } = request.configuration;
  const kinds = [asked, loaded, copied].filter((one) => one !== undefined);
  if (kinds.length !== 1) {
    throw refusals.invalid('Required parameter is missing: exactly one of query, load and copy');
  }
  if (asked?.useLegacySql === true)
    throw refusals.unsupported('legacy SQL; set useLegacySql to false');
  return request;
};
