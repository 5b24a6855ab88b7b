import { Writable } from 'node:stream';
import winston from 'winston';

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

const formatValue = (value: unknown): string =>
  typeof value === 'string' ? value : JSON.stringify(value);

const readable = winston.format.printf(({ level, message, timestamp, runId, ...meta }) => {
  const pairs = Object.entries(meta).map(([key, value]) => `${key}=${formatValue(value)}`);
  const time = `${String(timestamp).slice(11, 19)}Z`;
  return [time, String(runId).slice(0, 8), level.padEnd(5), String(message), ...pairs].join(' ');
});

const toTransport = ({ level, readable: isReadable, write }: LogDestination) =>
  new winston.transports.Stream({
    level,
    format: isReadable ? readable : winston.format.json(),
    stream: new Writable({
      decodeStrings: false,
      write: (line: string, _encoding, done) => {
        write(line.trimEnd());
        done();
      },
    }),
  });

/**
 * Logs to each destination what its level lets through. Each line has its time, in UTC, and the id of the run: whole in
 * JSON, its first eight characters in a readable line.
 * @param run `now` is the clock.
 */
export const createLogger = (
  run: { id: string; now: () => Date },
  destinations: readonly LogDestination[],
): Logger => {
  const { combine, timestamp } = winston.format;
  const logger = winston.createLogger({
    level: 'debug',
    format: combine(timestamp({ format: () => run.now().toISOString() })),
    defaultMeta: { runId: run.id },
    transports: destinations.map(toTransport),
  });
  return {
    error: (message, meta) => logger.error(message, meta),
    warn: (message, meta) => logger.warn(message, meta),
    info: (message, meta) => logger.info(message, meta),
    debug: (message, meta) => logger.debug(message, meta),
  };
};
