import { quoteText } from './googlesql-text.ts';

/** The name of a field's text, by the index of its column. */
export const fieldText = (index: number): string => `_text_${index}`;

/** `['customer', 'id']` → the literal `'$.customer.id'`. */
export const jsonPath = (path: readonly string[]): string => {
  if (!path.every((field) => /^\w+$/.test(field))) {
    throw new Error(`No field of ours has the path ${path.join(' ')}`);
  }
  return quoteText(['$', ...path].join('.'));
};

/**
 * A field of the record as text: what a scalar says, the JSON of an object or an array, NULL where there is nothing.
 * @param json Where the record's text stands.
 */
export const readText = (path: readonly string[], json = '_json'): string =>
  `coalesce(json_value(${json}, ${jsonPath(path)}), json_query(${json}, ${jsonPath(path)}))`;
