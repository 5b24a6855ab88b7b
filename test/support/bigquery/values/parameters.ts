import { z } from 'zod';
import { refusals } from '../refusals.ts';
import { writeLiteral, type ApiValue } from './literals.ts';
import { scalar, scalarNames, type SqlType } from './sql-type.ts';

type ApiType = {
  type: string;
  arrayType?: ApiType | undefined;
  structTypes?: { name?: string | undefined; type: ApiType }[] | undefined;
};

type ParameterValue = {
  value?: string | number | boolean | null | undefined;
  arrayValues?: ParameterValue[] | null | undefined;
  structValues?: Record<string, ParameterValue> | null | undefined;
};

const apiType: z.ZodType<ApiType> = z.lazy(() =>
  z.strictObject({
    type: z.string(),
    arrayType: apiType.optional(),
    structTypes: z.array(z.strictObject({ name: z.string().optional(), type: apiType })).optional(),
  }),
);

const parameterValue: z.ZodType<ParameterValue> = z.lazy(() =>
  z.strictObject({
    value: z.union([z.string(), z.number(), z.boolean(), z.null()]).optional(),
    arrayValues: z.array(parameterValue).nullish(),
    structValues: z.record(z.string(), parameterValue).nullish(),
  }),
);

/** A query parameter as the API takes it. */
export const queryParameter = z.strictObject({
  name: z.string(),
  parameterType: apiType,
  parameterValue: parameterValue.optional(),
});

/** A query parameter, its value as DuckDB's expression. */
export type Parameter = { type: SqlType; literal: string };

const aliases: Readonly<Record<string, string>> = {
  INTEGER: 'INT64',
  FLOAT: 'FLOAT64',
  BOOLEAN: 'BOOL',
};

const readType = (name: string, api: ApiType): SqlType => {
  if (api.type === 'ARRAY' && api.arrayType !== undefined) {
    return { kind: 'array', element: readType(name, api.arrayType) };
  }
  if (api.type === 'STRUCT') {
    const fields = (api.structTypes ?? []).map((field) => ({
      name: field.name ?? '',
      type: readType(name, field.type),
    }));
    return { kind: 'struct', fields };
  }
  const found = scalarNames.find((one) => one === (aliases[api.type] ?? api.type));
  if (found === undefined) {
    throw refusals.unsupported(`the type ${api.type} of the query parameter ${name}`);
  }
  return scalar(found);
};

const readValue = (given: ParameterValue | undefined, type: SqlType): ApiValue => {
  if (type.kind === 'array') {
    return (given?.arrayValues ?? []).map((item) => readValue(item, type.element));
  }
  if (type.kind === 'struct') {
    const values = given?.structValues;
    if (!values) return null;
    const entries = type.fields.map((field) => [
      field.name,
      readValue(values[field.name], field.type),
    ]);
    return Object.fromEntries(entries) as ApiValue;
  }
  const value = given?.value ?? null;
  if (value === null) return null;
  const text = String(value);
  // Google's Node library writes nanoseconds, which here are always 0.
  const isInstant = type.name === 'TIMESTAMP';
  return isInstant ? text.replace(/(\.[0-9]{6})000(?=$|[^0-9])/, '$1') : text;
};

/**
 * The parameters by name, in lower case: GoogleSQL does not tell cases apart.
 * @throws Refusal for a type that the stand-in lacks or a value that does not fit its type.
 */
export const readParameters = (
  given: readonly z.infer<typeof queryParameter>[],
): ReadonlyMap<string, Parameter> =>
  new Map(
    given.map(({ name, parameterType, parameterValue: value }) => {
      const type = readType(name, parameterType);
      return [name.toLowerCase(), { type, literal: writeLiteral(readValue(value, type), type) }];
    }),
  );
