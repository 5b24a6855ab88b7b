import { isUtf8 } from 'node:buffer';
import { JsonError, skipSpace, skipValue } from '../../json/scan-json.ts';
import { envelopeMembersMax, envelopeValueBytesMax } from '../../limits.ts';
import { cutArray } from './cut-array.ts';
import { malformed } from './malformed.ts';
import type { Tally } from './tally.ts';
import { walkMembers } from './walk-members.ts';
import type { Member } from './walk-members.ts';

/** A response cut into its records. */
export type CutBody = {
  /** Start and end (exclusive) of each record in the body, in pairs: [start, end, start, end, …]. */
  spans: number[];
  /** The members of the envelope but `data`, parsed; one that is very long is an object, whatever it was. */
  envelope: ReadonlyMap<string, unknown>;
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

const cutBody = (body: Buffer, tally: Tally | undefined): CutBody => {
  if (!isUtf8(body)) throw malformed();
  const envelope = new Map<string, unknown>();
  const spans: number[] = [];
  let dataSeen = 0;
  const stepOver = (key: string, at: number): number => {
    if (key === 'data') return cutArray(body, at, { spans, tally });
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
 * @param tally Counts the members of the records; what it counted before is forgotten.
 * @throws HttpFailure of kind `body` when it is not such an object, or `data` is missing, twice there or no array; of
 * kind `tooLarge` when it holds more records than allowed.
 */
export const cutRecords = (body: Buffer, tally?: Tally): CutBody => {
  try {
    return cutBody(body, tally);
  } catch (error) {
    throw error instanceof JsonError ? malformed() : error;
  }
};
