import { once } from 'node:events';
import { ConfigError } from '../errors.ts';
import type { Io } from './io.ts';
import { listenForStop } from './stop-signal.ts';

export type SandboxArguments = { port: number; scale: number; seed: number };

const check = ({ port, scale, seed }: SandboxArguments): void => {
  if (!Number.isInteger(port) || port < 0 || port > 65_535) {
    throw new ConfigError(`Cannot use --port ${port}: it is no port; give 0 to 65535`);
  }
  if (!(scale > 0 && scale <= 10)) {
    throw new ConfigError(`Cannot use --scale ${scale}: it must be above 0 and at most 10`);
  }
  if (!Number.isSafeInteger(seed)) {
    throw new ConfigError(`Cannot use --seed ${seed}: it must be a whole number`);
  }
};

/** In words what the system says against a port; anything else stays as it is. */
const explainPort = (error: unknown, port: number): unknown => {
  const { code } = Object(error) as { code?: unknown };
  if (code === 'EADDRINUSE') {
    return new ConfigError(
      `Cannot use --port ${port}: another program listens on it; end that one, or give another port (0 takes any free one)`,
    );
  }
  if (code === 'EACCES') {
    return new ConfigError(
      `Cannot use --port ${port}: this user may not listen on it; give a port above 1023`,
    );
  }
  return error;
};

/** `fieldmart sandbox`: serves the invented company until Ctrl-C, and says how to point fieldmart at it. */
export const runSandbox = async (args: SandboxArguments, io: Io): Promise<number> => {
  check(args);
  const { startSandbox } = await import('../sandbox/sandbox.ts');
  const sandbox = await startSandbox({ ...args, now: io.now }).catch((error: unknown) => {
    throw explainPort(error, args.port);
  });
  // Before anything is said: whoever reads it may stop us at once.
  const { signal, release } = listenForStop(() => undefined);
  const { clientId, clientSecret, appKey, tenantId } = sandbox.credentials;
  io.out(
    `# A stand-in ServiceTitan with an invented company listens on ${sandbox.url}; Ctrl-C ends it.`,
  );
  io.out('# In another terminal, so that fieldmart reads from it into a database of its own:');
  io.out(`export ST_BASE_URL=${sandbox.url} ST_AUTH_URL=${sandbox.url}/connect/token`);
  io.out(`export ST_CLIENT_ID=${clientId} ST_CLIENT_SECRET=${clientSecret} ST_APP_KEY=${appKey}`);
  io.out(`export ST_TENANT_ID=${tenantId} ST_REQUESTS_PER_SECOND=500`);
  io.out('export DUCKDB_PATH=data/sandbox.duckdb SPOOL_DIR=data/sandbox-spool');
  if (!signal.aborted) await once(signal, 'abort');
  release();
  await sandbox.close();
  return 0;
};
