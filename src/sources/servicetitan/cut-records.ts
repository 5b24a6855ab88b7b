import { isUtf8 } from 'node:buffer';
import { HttpFailure } from '../../http/failure.ts';
import { envelopeMembersMax, envelopeValueBytesMax, responseRecordsMax } from '../../limits.ts';
import {
  closeBracket,
  comma,
  JsonError,
  openBracket,
  skipSpace,
  skipValue,
} from '../../json/scan-json.ts';
import { malformed } from './malformed.ts';
import { walkMembers } from './walk-members.ts';
import type { Member } from './walk-members.ts';

/** A response cut into its records. */
export type CutBody = {
  /** Start and end (exclusive) of each record in the body, in pairs: [start, end, start, end, …]. */
  spans: number[];
  /** The members of the envelope but `data`, parsed; one that is very long is an object, whatever it was. */
  envelope: ReadonlyMap<string, unknown>;
};

/** Steps over the value that begins at a place, and gives the place after it. */
export type StepRecord = (bytes: Buffer, at: number) => number;

const skipRecord: StepRecord = (bytes, at) => skipValue(bytes, at, 2);

/** Steps over an array and notes where its elements lie. */
const cutArray = (body: Buffer, at: number, spans: number[], step: StepRecord): number => {
  if (body[at] !== openBracket) throw malformed();
  let i = skipSpace(body, at + 1);
  if (body[i] === closeBracket) return i + 1;
  for (;;) {
    const end = step(body, i);
    spans.push(i, end);
    if (spans.length > 2 * responseRecordsMax) throw new HttpFailure('tooLarge');
    i = skipSpace(body, end);
    if (body[i] === closeBracket) return i + 1;
    if (body[i] !== comma) throw malformed();
    i = skipSpace(body, i + 1);
  }
};

/** What is longer than any member that is read is only stepped over: as values it would fill the memory. */
const readMember = (body: Buffer, { valueFrom, valueTo }: Member): unknown =>
  valueTo - valueFrom > envelopeValueBytesMax
    ? {}
    : JSON.parse(body.toString('utf8', valueFrom, valueTo));

const hasByteOrderMark = (body: Buffer): boolean =>
  body[0] === 0xef && body[1] === 0xbb && body[2] === 0xbf;

const lineEnds = [0x0a, 0x0d];

/** Overwrites line ends by spaces. Inside a record they stand between tokens: a string has none unescaped. */
const joinLinesOf = (body: Buffer, spans: readonly number[]): void => {
  if (!lineEnds.some((byte) => body.includes(byte))) return;
  for (let span = 0; span < spans.length; span += 2) {
    const record = body.subarray(spans[span], spans[span + 1]);
    record.forEach((byte, at) => {
      if (lineEnds.includes(byte)) record[at] = 0x20;
    });
  }
};

const cutBody = (body: Buffer, step: StepRecord): CutBody => {
  if (!isUtf8(body)) throw malformed();
  const envelope = new Map<string, unknown>();
  const spans: number[] = [];
  let dataSeen = 0;
  const stepOver = (key: string, at: number): number => {
    if (key === 'data') return cutArray(body, at, spans, step);
    return skipValue(body, at, 1);
  };
  const visit = (member: Member): void => {
    if (member.key === 'data') dataSeen += 1;
    else envelope.set(member.key, readMember(body, member));
    if (envelope.size > envelopeMembersMax) throw malformed();
  };
  const start = skipSpace(body, hasByteOrderMark(body) ? 3 : 0);
  const end = walkMembers(body, start, visit, stepOver);
  if (dataSeen !== 1 || skipSpace(body, end) !== body.length) throw malformed();
  joinLinesOf(body, spans);
  return { spans, envelope };
};

/**
 * Cuts the top-level `data` array of a response into records without parsing them. The body is checked to be one whole
 * JSON object in UTF-8. Line ends between tokens are overwritten by spaces in `body` itself, so that each record is one
 * line; no other byte changes.
 * @param step Steps over each record, as `skipValue` does, and may look at it.
 * @throws HttpFailure of kind `body` when it is not such an object, or `data` is missing, twice there or no array; of
 * kind `tooLarge` when it holds more records than allowed.
 */
export const cutRecords = (body: Buffer, step: StepRecord = skipRecord): CutBody => {
  try {
    return cutBody(body, step);
  } catch (error) {
    throw error instanceof JsonError ? malformed() : error;
  }
};
