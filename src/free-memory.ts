import { MessageChannel } from 'node:worker_threads';

/** A port whose other end is closed: what is transferred to it is gone. */
const nowhere = (() => {
  const { port1 } = new MessageChannel();
  port1.close();
  return port1;
})();

/** Whether others may be in the same memory, as Node puts small buffers together into a pool. */
const isShared = ({ length, buffer }: Buffer): boolean =>
  length < buffer.byteLength && buffer.byteLength <= Buffer.poolSize;

/**
 * Gives memory back at once. Otherwise it waits for the garbage collector, which has to run over all that is alive for
 * every 64 MB of it.
 *
 * All that looks into the same memory is empty from then on. Small buffers share theirs with others, and keep it.
 * (`ArrayBuffer.prototype.transfer` would do the same; Node 20 has it not.)
 */
export const freeMemory = (bytes: Buffer): void => {
  const { buffer } = bytes;
  if (buffer.byteLength === 0 || isShared(bytes)) return;
  nowhere.postMessage(null, [buffer as ArrayBuffer]);
};
