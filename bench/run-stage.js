import { once } from 'node:events';
import { performance } from 'node:perf_hooks';
import { limitNursery } from '../dist/limit-nursery.js';

// As the command line does when it starts: stages import this file first.
limitNursery();

/**
 * What a stage's process does: it works on what its parent sends, and answers with what that took.
 * @param work Gets the parent's settings, and what `prepare` answered; what it answers is added to the figures, or takes
 * the place of one.
 * @param prepare Runs before the clock starts.
 */
export const runStage = async (work, prepare = async () => undefined) => {
  const byHand = process.argv[2];
  const settings = byHand ? JSON.parse(byHand) : (await once(process, 'message'))[0];
  const prepared = await prepare(settings);
  const [startedAt, before] = [performance.now(), process.cpuUsage()];
  const result = await work(settings, prepared);
  const seconds = (performance.now() - startedAt) / 1000;
  const { user, system } = process.cpuUsage(before);
  // Node gives kibibytes on every system.
  const rssMb = (process.resourceUsage().maxRSS * 1024) / 1e6;
  const figures = { seconds, cpuSeconds: (user + system) / 1e6, rssMb, ...result };
  if (byHand) console.log(JSON.stringify(figures));
  else process.send?.(figures, () => process.disconnect());
};
