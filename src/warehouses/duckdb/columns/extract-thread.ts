import { parentPort } from 'node:worker_threads';
import { limitNursery } from '../../../limit-nursery.ts';
import { createOpenReader } from './column-reader.ts';
import { extractColumns } from './extract-columns.ts';
import type { Answer, Task } from './open-extraction.ts';

limitNursery();

/** The thread of `openExtraction`: each message is a task, and is answered by what came of it. */
const openReader = createOpenReader();

const perform = ({ entity, batches, path }: Task): Answer => {
  try {
    return { extracted: extractColumns(openReader, entity, batches, path) };
  } catch (error) {
    return { error: error as Error };
  }
};

parentPort?.on('message', (task: Task) => {
  parentPort?.postMessage(perform(task));
});
