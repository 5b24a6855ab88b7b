import { refusals } from '../refusals.ts';

/** What a multipart upload holds: the job as JSON, and the file. */
export type Parts = { metadata: unknown; file: Buffer };

const blankLine = Buffer.from('\r\n\r\n');

const findBoundary = (contentType: string | undefined): string => {
  const [, quoted, plain] = /boundary=(?:"([^"]+)"|([^;]+))/.exec(contentType ?? '') ?? [];
  const boundary = quoted ?? plain;
  if (boundary !== undefined) return boundary;
  throw refusals.invalid('Media type is not multipart/related with a boundary');
};

/** What stands between the boundaries. */
const split = (body: Buffer, boundary: string): Buffer[] => {
  const mark = Buffer.from(`--${boundary}`);
  const parts: Buffer[] = [];
  let start = body.indexOf(mark);
  while (start >= 0) {
    const from = start + mark.length;
    const next = body.indexOf(mark, from);
    if (next < 0) break;
    // Each part begins with a line's end, and ends with one that belongs to the boundary.
    parts.push(body.subarray(from + 2, next - (body[next - 2] === 0x0d ? 2 : 1)));
    start = next;
  }
  return parts;
};

const contentOf = (part: Buffer): Buffer => {
  const at = part.indexOf(blankLine);
  if (at >= 0) return part.subarray(at + blankLine.length);
  const plain = part.indexOf('\n\n');
  return part.subarray(plain < 0 ? 0 : plain + 2);
};

/** @throws Refusal when the body is not made of a JSON part and a file. */
export const readMultipart = (body: Buffer, contentType: string | undefined): Parts => {
  const [first, second] = split(body, findBoundary(contentType)).map(contentOf);
  if (first === undefined || second === undefined) {
    throw refusals.invalid('Multipart upload needs two parts: the job, and the file');
  }
  try {
    return { metadata: JSON.parse(first.toString('utf8')) as unknown, file: second };
  } catch {
    throw refusals.invalid('Invalid JSON payload received. Parsing error');
  }
};
