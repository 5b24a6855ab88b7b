/** GoogleSQL's types, as far as the stand-in has them. */
export const scalarNames = [
  'INT64',
  'FLOAT64',
  'NUMERIC',
  'BOOL',
  'STRING',
  'BYTES',
  'DATE',
  'DATETIME',
  'TIME',
  'TIMESTAMP',
] as const;

export type ScalarName = (typeof scalarNames)[number];

export type SqlType =
  /** `parameters`: `NUMERIC(38, 9)` has two, `STRING(10)` one, most types none. */
  | { kind: 'scalar'; name: ScalarName; parameters: number[] }
  | { kind: 'array'; element: SqlType }
  | { kind: 'struct'; fields: NamedType[] };

export type NamedType = { name: string; type: SqlType };

export const scalar = (name: ScalarName, parameters: number[] = []): SqlType => ({
  kind: 'scalar',
  name,
  parameters,
});

/** As one writes it in SQL, without parameters: `ARRAY<STRUCT<a INT64>>`. */
export const describeType = (type: SqlType): string => {
  if (type.kind === 'scalar') return type.name;
  if (type.kind === 'array') return `ARRAY<${describeType(type.element)}>`;
  return `STRUCT<${type.fields
    .map((field) => `${field.name} ${describeType(field.type)}`)
    .join(', ')}>`;
};

/** Of one type, parameters and the case of names aside. */
export const isSameType = (a: SqlType, b: SqlType): boolean =>
  describeType(a).toUpperCase() === describeType(b).toUpperCase();
