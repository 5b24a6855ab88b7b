import { parentPort } from 'node:worker_threads';
import { createExtractor, extractColumns } from './extract-columns.ts';
import type { Answer, Task } from './open-extraction.ts';

/** The thread of `openExtraction`: each message is a task, and is answered by what came of it. */
const extractor = createExtractor();

const answer = (message: Answer): void => {
  parentPort?.postMessage(message);
};

parentPort?.on('message', ({ entity, batches, path }: Task) => {
  extractColumns(extractor, entity, batches, path).then(
    (extracted) => {
      answer({ extracted });
    },
    (error: unknown) => {
      answer({ error: error as Error });
    },
  );
});
