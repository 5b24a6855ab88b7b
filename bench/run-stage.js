/** What a stage's process does: it works on what its parent sends, and answers with what that took. */
import { once } from 'node:events';
import { performance } from 'node:perf_hooks';

/**
 * Runs the work once, measured from its beginning to its end.
 * @param work Gets the parent's settings; what it answers is added to the figures.
 * @param prepare Runs before the clock starts; what it answers is the work's second argument.
 */
export const runStage = async (work, prepare = async () => undefined) => {
  const settings = process.argv[2]
    ? JSON.parse(process.argv[2])
    : (await once(process, 'message'))[0];
  const prepared = await prepare(settings);
  const [startedAt, before] = [performance.now(), process.cpuUsage()];
  const result = await work(settings, prepared);
  const seconds = (performance.now() - startedAt) / 1000;
  const { user, system } = process.cpuUsage(before);
  const rssMb = process.resourceUsage().maxRSS / 1000;
  const figures = { ...result, seconds, cpuSeconds: (user + system) / 1e6, rssMb };
  if (process.argv[2]) console.log(JSON.stringify(figures));
  else process.send?.(figures, () => process.disconnect());
};
