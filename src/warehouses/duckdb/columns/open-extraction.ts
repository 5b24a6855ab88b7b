import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { Worker } from 'node:worker_threads';
import type { Batch, Entity } from '../../../model.ts';
import { createOpenReader } from './column-reader.ts';
import { extractColumns, type Extracted } from './extract-columns.ts';

/** What is asked of the thread, and what it answers: in the order of the questions. */
export type Task = { entity: Entity; batches: readonly Batch[]; path: string };
export type Answer = { extracted: Extracted | null } | { error: Error };

export type Extraction = {
  /** As {@link extractColumns}; one at a time. */
  extract: (entity: Entity, batches: readonly Batch[], path: string) => Promise<Extracted | null>;
  close: () => Promise<void>;
};

/** Less than this takes less time than starting a thread. */
const threadBytesMin = 4 * 1024 * 1024;

/** It is compiled: what runs from the sources has no thread. */
const threadFile = new URL('./extract-thread.js', import.meta.url);

/** The thread allocates little that lives long: a small nursery is enough, and most of its memory. */
const startThread = (): Worker =>
  new Worker(threadFile, { resourceLimits: { maxYoungGenerationSizeMb: 8 } });

/** @throws Error when the thread ends before it has answered. */
const ask = (thread: Worker, task: Task): Promise<Extracted | null> =>
  new Promise((resolve, reject) => {
    const end = (settle: () => void): void => {
      thread.off('message', answered).off('error', failed).off('exit', left).unref();
      settle();
    };
    const failed = (error: Error): void => {
      end(() => {
        reject(error);
      });
    };
    const left = (): void => {
      failed(new Error('The thread that extracts columns has ended'));
    };
    const answered = (answer: Answer): void => {
      if ('error' in answer) failed(answer.error);
      else
        end(() => {
          resolve(answer.extracted);
        });
    };
    thread.on('message', answered).on('error', failed).on('exit', left).ref();
    try {
      thread.postMessage(task);
    } catch (error) {
      failed(error as Error);
    }
  });

/**
 * Extracts columns, large batches in a thread of its own, beside the reading of pages. The thread is started when it is
 * first needed, and does not keep the program alive.
 */
export const openExtraction = (): Extraction => {
  const openReader = createOpenReader();
  let thread: Worker | undefined;
  const reach = (): Worker => {
    if (thread !== undefined) return thread;
    const started = startThread();
    const forget = (): void => {
      if (thread === started) thread = undefined;
    };
    started.once('error', forget).once('exit', forget);
    thread = started;
    return started;
  };
  return {
    extract: async (entity, batches, path) => {
      const bytes = batches.reduce((sum, batch) => sum + batch.bytes, 0);
      if (bytes < threadBytesMin || !existsSync(fileURLToPath(threadFile))) {
        return extractColumns(openReader, entity, batches, path);
      }
      return ask(reach(), { entity, batches, path });
    },
    close: async () => {
      await thread?.terminate();
    },
  };
};
