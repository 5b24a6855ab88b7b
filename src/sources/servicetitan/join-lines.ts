import { dropFields } from './drop-fields.ts';

const newline = 0x0a;

const joinCopies = (body: Buffer, spans: readonly number[]): Buffer => {
  let size = 0;
  for (let i = 0; i < spans.length; i += 2) size += (spans[i + 1] ?? 0) - (spans[i] ?? 0) + 1;
  const lines = Buffer.allocUnsafe(size);
  let at = 0;
  for (let i = 0; i < spans.length; i += 2) {
    at += body.copy(lines, at, spans[i], spans[i + 1]);
    lines[at] = newline;
    at += 1;
  }
  return lines;
};

/** The records of a cut body, one a line, without the fields to drop. */
export const joinLines = (
  body: Buffer,
  spans: readonly number[],
  drop: ReadonlySet<string>,
): Buffer => {
  if (drop.size === 0) return joinCopies(body, spans);
  const end = Buffer.from([newline]);
  const lines: Buffer[] = [];
  for (let i = 0; i < spans.length; i += 2) {
    lines.push(dropFields(body.subarray(spans[i], spans[i + 1]), drop), end);
  }
  return Buffer.concat(lines);
};
