import { createReadStream } from 'node:fs';

/** The lines of a file, without their ends; bytes that are no UTF-8 become U+FFFD. */
export async function* splitLines(file: string): AsyncGenerator<string> {
  let parts: Buffer[] = [];
  for await (const chunk of createReadStream(file, { highWaterMark: 1024 * 1024 })) {
    const bytes = chunk as Buffer;
    let from = 0;
    for (let to = bytes.indexOf(10); to !== -1; to = bytes.indexOf(10, from)) {
      yield Buffer.concat([...parts, bytes.subarray(from, to)]).toString('utf8');
      parts = [];
      from = to + 1;
    }
    if (from < bytes.length) parts.push(bytes.subarray(from));
  }
  if (parts.length > 0) yield Buffer.concat(parts).toString('utf8');
}
