import { malformed } from '../malformed.ts';
import { expandNumber } from './expand-number.ts';

/** A JSON value whose numbers are texts, exact and without exponents: floating point would round money. */
export type ExactJson = string | boolean | null | ExactJson[] | { [key: string]: ExactJson };

const stringOrNumber = /"(?:[^"\\]|\\.)*"|-?\d+(?:\.\d+)?(?:[eE][+-]?\d+)?/g;

/** @throws HttpFailure of kind `body` when the text is not JSON. */
export const parseExact = (text: string): ExactJson => {
  try {
    JSON.parse(text);
  } catch {
    throw malformed();
  }
  const quoted = text.replace(stringOrNumber, (found) =>
    found.startsWith('"') ? found : `"${expandNumber(found)}"`,
  );
  return JSON.parse(quoted) as ExactJson;
};
