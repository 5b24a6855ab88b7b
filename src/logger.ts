import { createRequire } from 'node:module';
import { Writable } from 'node:stream';
import type { Logform, Logger as WinstonLogger } from 'winston';

/** Says what happens: a static message and its metadata. Never a secret, a payload or a person's name. */
export type Logger = {
  error: (message: string, meta?: Record<string, unknown>) => void;
  warn: (message: string, meta?: Record<string, unknown>) => void;
  info: (message: string, meta?: Record<string, unknown>) => void;
  debug: (message: string, meta?: Record<string, unknown>) => void;
};

/** From the gravest down: a level lets itself through and what is graver. */
export type LogLevel = 'error' | 'warn' | 'info' | 'debug';

/** One place that log lines go to. */
export type LogDestination = {
  level: LogLevel;
  /** Readable lines for a person, JSON lines for programs. */
  readable: boolean;
  /** Takes one line, without its newline. */
  write: (line: string) => void;
};

type Winston = typeof import('winston');

/** It is CommonJS of seventy files, a twentieth of a second long: loaded with the first line, and a question has none. */
const loadWinston = (): Winston => createRequire(import.meta.url)('winston') as Winston;

const levels: readonly LogLevel[] = ['error', 'warn', 'info', 'debug'];

const takes = (destination: LogDestination, level: LogLevel): boolean =>
  levels.indexOf(level) <= levels.indexOf(destination.level);

const formatValue = (value: unknown): string =>
  typeof value === 'string' ? value : JSON.stringify(value);

const toReadable = ({
  level,
  message,
  timestamp,
  runId,
  ...meta
}: Logform.TransformableInfo): string => {
  const pairs = Object.entries(meta).map(([key, value]) => `${key}=${formatValue(value)}`);
  const time = `${String(timestamp).slice(11, 19)}Z`;
  return [time, String(runId).slice(0, 8), level.padEnd(5), String(message), ...pairs].join(' ');
};

const toTransport = ({ format, transports }: Winston, { level, readable, write }: LogDestination) =>
  new transports.Stream({
    level,
    format: readable ? format.printf(toReadable) : format.json(),
    stream: new Writable({
      decodeStrings: false,
      write: (line: string, _encoding, done) => {
        write(line.trimEnd());
        done();
      },
    }),
  });

/** Whose lines they are: the id of the run, and the clock. */
type Run = { id: string; now: () => Date };

const open = (run: Run, destinations: readonly LogDestination[]): WinstonLogger => {
  const winston = loadWinston();
  // `format.timestamp` would load a library that formats dates.
  const stamp = winston.format((line) => ({ ...line, timestamp: run.now().toISOString() }));
  return winston.createLogger({
    level: 'debug',
    format: stamp(),
    defaultMeta: { runId: run.id },
    transports: destinations.map((destination) => toTransport(winston, destination)),
  });
};

/**
 * Logs to each destination what its level lets through. Each line has its time, in UTC, and the id of the run: whole in
 * JSON, its first eight characters in a readable line.
 * @param run `now` is the clock.
 */
export const createLogger = (run: Run, destinations: readonly LogDestination[]): Logger => {
  let opened: WinstonLogger | undefined;
  const toLevel = (level: LogLevel): Logger[LogLevel] => {
    if (!destinations.some((destination) => takes(destination, level))) return () => undefined;
    return (message, meta) => {
      opened ??= open(run, destinations);
      opened[level](message, meta);
    };
  };
  return {
    error: toLevel('error'),
    warn: toLevel('warn'),
    info: toLevel('info'),
    debug: toLevel('debug'),
  };
};
