import { dropFields } from './drop-fields.ts';

const newline = 0x0a;

/** Moves the records together in the body itself: usually they are, but for the comma that becomes a line end. */
const joinInPlace = (body: Buffer, spans: readonly number[]): Buffer => {
  const first = spans[0] ?? 0;
  let at = first;
  for (let i = 0; i < spans.length; i += 2) {
    const [from = 0, to = 0] = [spans[i], spans[i + 1]];
    if (from !== at) body.copyWithin(at, from, to);
    at += to - from;
    // At the latest this is the comma or bracket after the record.
    body[at] = newline;
    at += 1;
  }
  return body.subarray(first, at);
};

/** The records of a cut body, one a line, without the fields to drop. The body is of no more use afterwards. */
export const joinLines = (
  body: Buffer,
  spans: readonly number[],
  drop: ReadonlySet<string>,
): Buffer => {
  if (drop.size === 0) return joinInPlace(body, spans);
  const end = Buffer.from([newline]);
  const lines: Buffer[] = [];
  for (let i = 0; i < spans.length; i += 2) {
    lines.push(dropFields(body.subarray(spans[i], spans[i + 1]), drop), end);
  }
  return Buffer.concat(lines);
};
