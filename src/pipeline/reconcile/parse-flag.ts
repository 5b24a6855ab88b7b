import { parseAmount } from './parse-amount.ts';

const words: Readonly<Record<string, boolean>> = {
  yes: true,
  y: true,
  true: true,
  no: false,
  n: false,
  false: false,
};

/** Yes or no: the words, or a number, which is yes when it is above 0. A blank is no. Undefined for anything else. */
export const parseFlag = (text: string): boolean | undefined => {
  const word = words[text.trim().toLowerCase()];
  if (word !== undefined) return word;
  const number = parseAmount(text);
  return number === undefined ? undefined : number > 0n;
};
