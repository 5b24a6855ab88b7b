/**
 * The sandbox of a benchmark as a process of its own: `node bench/start-sandbox.js SCALE NOW`. It says its address to
 * the process that forked it. Its clock stands still, so that the same requests are made in every run.
 */
import { startSandbox } from '../dist/sandbox/sandbox.js';

const [scale, now] = process.argv.slice(2);
const sandbox = await startSandbox({
  scale: Number(scale),
  now: () => new Date(String(now)),
  // Its clock stands still, so nothing expires; and nothing is held back that an advance has just made.
  tokenLifetimeMs: 86_400_000,
});
process.send?.({ url: sandbox.url });
process.once('disconnect', () => process.exit(0));
