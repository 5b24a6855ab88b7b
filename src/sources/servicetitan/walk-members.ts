import {
  backslash,
  closeBrace,
  comma,
  JsonError,
  openBrace,
  skipColon,
  skipSpace,
  skipString,
  skipValue,
} from '../../json/scan-json.ts';

/** One member of an object, as places in its bytes; ends are exclusive. */
export type Member = {
  /** The key, escapes resolved. */
  key: string;
  valueFrom: number;
  valueTo: number;
  /** From after the brace or comma before the member, to before the comma or brace after it. */
  from: number;
  to: number;
};

/** A key's text, by the places of its quotes. */
export const readKey = (bytes: Buffer, from: number, to: number): string => {
  const inside = bytes.subarray(from + 1, to - 1);
  if (!inside.includes(backslash)) return inside.toString('utf8');
  return JSON.parse(bytes.toString('utf8', from, to)) as string;
};

/** Steps over the value of a key: from where it begins to where it ends. */
type StepOver = (key: string, at: number) => number;

/**
 * Hands over each member of the object that begins at `at`, in order, and gives the place after the object. A caller
 * that wants more from a value than its end steps over it itself.
 * @throws JsonError where the bytes are not JSON.
 */
export const walkMembers = (
  bytes: Buffer,
  at: number,
  visit: (member: Member) => void,
  stepOver: StepOver = (_key, valueFrom) => skipValue(bytes, valueFrom, 1),
): number => {
  if (bytes[at] !== openBrace) throw new JsonError();
  let from = at + 1;
  const first = skipSpace(bytes, from);
  if (bytes[first] === closeBrace) return first + 1;
  for (;;) {
    const keyFrom = skipSpace(bytes, from);
    const keyTo = skipString(bytes, keyFrom);
    const valueFrom = skipColon(bytes, keyTo);
    const key = readKey(bytes, keyFrom, keyTo);
    const valueTo = stepOver(key, valueFrom);
    const to = skipSpace(bytes, valueTo);
    visit({ key, valueFrom, valueTo, from, to });
    if (bytes[to] === closeBrace) return to + 1;
    if (bytes[to] !== comma) throw new JsonError();
    from = to + 1;
  }
};
