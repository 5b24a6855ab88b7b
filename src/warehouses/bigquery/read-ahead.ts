/** Bytes that stand ahead; `last` when nothing follows them. */
export type Ahead = { bytes: Buffer; last: boolean };

/** Texts as a run of bytes (UTF-8) that can be looked at before it is taken away. */
export type ReadAhead = {
  /** The next bytes, so many unless the texts end before. */
  peek: (count: number) => Promise<Ahead>;
  /** Takes away so many of them. */
  drop: (count: number) => void;
};

export const openReadAhead = (texts: AsyncIterable<string>): ReadAhead => {
  const iterator = texts[Symbol.asyncIterator]();
  let buffer = Buffer.alloc(0);
  let ended = false;
  const fill = async (count: number): Promise<void> => {
    const parts = [buffer];
    let size = buffer.length;
    // One byte more tells whether these are the last.
    while (!ended && size <= count) {
      const next = await iterator.next();
      ended = next.done === true;
      if (next.done === true) break;
      const bytes = Buffer.from(next.value);
      parts.push(bytes);
      size += bytes.length;
    }
    if (parts.length > 1) buffer = Buffer.concat(parts);
  };
  return {
    peek: async (count) => {
      await fill(count);
      return { bytes: buffer.subarray(0, count), last: ended && buffer.length <= count };
    },
    drop: (count) => {
      buffer = buffer.subarray(count);
    },
  };
};
