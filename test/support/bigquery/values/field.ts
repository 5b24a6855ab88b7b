import { refusals } from '../refusals.ts';
import { scalar, type NamedType, type ScalarName, type SqlType } from './sql-type.ts';

/** A column as the API describes it. */
export type Field = {
  name: string;
  type: string;
  mode: 'NULLABLE' | 'REQUIRED' | 'REPEATED';
  description?: string;
  precision?: string;
  scale?: string;
  maxLength?: string;
  fields?: Field[];
};

/** The API still writes the older names. */
const apiNames: Readonly<Record<ScalarName, string>> = {
  INT64: 'INTEGER',
  FLOAT64: 'FLOAT',
  NUMERIC: 'NUMERIC',
  BOOL: 'BOOLEAN',
  STRING: 'STRING',
  BYTES: 'BYTES',
  DATE: 'DATE',
  DATETIME: 'DATETIME',
  TIME: 'TIME',
  TIMESTAMP: 'TIMESTAMP',
};

const sqlNames: ReadonlyMap<string, ScalarName> = new Map(
  Object.entries(apiNames).flatMap(([sql, api]) => [
    [sql, sql as ScalarName],
    [api, sql as ScalarName],
  ]),
);

const parametersOf = ({ precision, scale, maxLength }: Field): number[] =>
  [precision ?? maxLength, scale].flatMap((text) => (text === undefined ? [] : [Number(text)]));

/** The type of one value of the field: of an array, of its elements. */
const elementType = (field: Field): SqlType => {
  if (field.type === 'RECORD' || field.type === 'STRUCT') {
    return { kind: 'struct', fields: (field.fields ?? []).map(toNamedType) };
  }
  const name = sqlNames.get(field.type);
  if (name === undefined) {
    throw refusals.unsupported(`the type ${field.type} of the field ${field.name}`);
  }
  return scalar(name, parametersOf(field));
};

export const toNamedType = (field: Field): NamedType => {
  const type = elementType(field);
  return {
    name: field.name,
    type: field.mode === 'REPEATED' ? { kind: 'array', element: type } : type,
  };
};

const writeParameters = (name: ScalarName, [first, second]: number[]): Partial<Field> => {
  if (first === undefined) return {};
  if (name !== 'NUMERIC') return { maxLength: String(first) };
  return {
    precision: String(first),
    ...(second === undefined ? {} : { scale: String(second) }),
  };
};

/** The field of a column; nullable unless it is an array. */
export const toField = ({ name, type }: NamedType): Field => {
  if (type.kind === 'array') {
    return { ...toField({ name, type: type.element }), mode: 'REPEATED' };
  }
  if (type.kind === 'struct') {
    return { name, type: 'RECORD', mode: 'NULLABLE', fields: type.fields.map(toField) };
  }
  return {
    name,
    type: apiNames[type.name],
    mode: 'NULLABLE',
    ...writeParameters(type.name, type.parameters),
  };
};

const normalizeType = ({ name, type }: Field): string => {
  if (type === 'RECORD' || type === 'STRUCT') return 'RECORD';
  const found = sqlNames.get(type);
  if (found === undefined) throw refusals.unsupported(`the type ${type} of the field ${name}`);
  return apiNames[found];
};

/** The field with the API's own name of its type. */
export const normalizeField = (field: Field): Field => ({
  ...field,
  ...(field.fields === undefined ? {} : { fields: field.fields.map(normalizeField) }),
  type: normalizeType(field),
});
