/** What was asked of the sandbox since the last reset. */
export type RequestCounts = {
  /** Token requests included. */
  total: number;
  tokens: number;
  /** Answers of 400 and above. */
  refused: number;
  byPath: Record<string, number>;
  byEntity: Record<string, number>;
  /** Path and query of the last requests, oldest first. */
  log: string[];
};

export type RequestLog = {
  note: (path: string, url: string, entity: string | undefined) => void;
  noteToken: () => void;
  noteRefused: () => void;
  read: () => RequestCounts;
  reset: () => void;
};

const urlsKeptMax = 20_000;

const emptyCounts = (): RequestCounts => ({
  total: 0,
  tokens: 0,
  refused: 0,
  byPath: {},
  byEntity: {},
  log: [],
});

/** An empty log. */
export function createRequestLog(): RequestLog {
  let counts = emptyCounts();
  return {
    note(path, url, entity) {
      counts.total += 1;
      counts.byPath[path] = (counts.byPath[path] ?? 0) + 1;
      if (entity !== undefined) counts.byEntity[entity] = (counts.byEntity[entity] ?? 0) + 1;
      if (counts.log.length >= urlsKeptMax) counts.log.splice(0, urlsKeptMax / 2);
      counts.log.push(url);
    },
    noteToken() {
      counts.total += 1;
      counts.tokens += 1;
    },
    noteRefused() {
      counts.refused += 1;
    },
    read: () => structuredClone(counts),
    reset() {
      counts = emptyCounts();
    },
  };
}
