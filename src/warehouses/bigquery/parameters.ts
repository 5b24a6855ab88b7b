import type { Value } from '../warehouse.ts';

type Type = { type: string; arrayType?: Type };

type Content = { value?: string; arrayValues?: Content[] };

/** A named parameter of a query, in the API's form. */
export type QueryParameter = { name: string; parameterType: Type; parameterValue: Content };

const typeOf = (value: Value): Type => {
  if (typeof value === 'number') {
    return { type: Number.isSafeInteger(value) ? 'INT64' : 'FLOAT64' };
  }
  if (typeof value === 'boolean') return { type: 'BOOL' };
  if (!Array.isArray(value)) return { type: 'STRING' };
  const first = value.find((item) => item !== null) ?? null;
  const whole = value.every((item) => item === null || Number.isSafeInteger(item));
  const isNumber = typeof first === 'number';
  return { type: 'ARRAY', arrayType: isNumber && !whole ? { type: 'FLOAT64' } : typeOf(first) };
};

const contentOf = (value: Value): Content => {
  if (value === null) return {};
  return Array.isArray(value) ? { arrayValues: value.map(contentOf) } : { value: String(value) };
};

/** A value as a typed parameter. NULL is a text: BigQuery makes of a text parameter what it is compared with. */
export const toParameter = (name: string, value: Value): QueryParameter => ({
  name,
  parameterType: typeOf(value),
  parameterValue: contentOf(value),
});
