import winston from 'winston';

/** Says what happens: a static message and its metadata. Never a secret, a payload or a person's name. */
export type Logger = {
  error: (message: string, meta?: Record<string, unknown>) => void;
  warn: (message: string, meta?: Record<string, unknown>) => void;
  info: (message: string, meta?: Record<string, unknown>) => void;
  debug: (message: string, meta?: Record<string, unknown>) => void;
};

const formatValue = (value: unknown): string =>
  typeof value === 'string' ? value : JSON.stringify(value);

const readable = winston.format.printf(({ level, message, timestamp, ...meta }) => {
  const pairs = Object.entries(meta).map(([key, value]) => `${key}=${formatValue(value)}`);
  const time = String(timestamp).slice(11, 19);
  return [time, level.padEnd(5), String(message), ...pairs].join(' ');
});

/** Logs to stderr: readable lines on a terminal, JSON lines elsewhere; times in UTC. */
export const createLogger = (options: { level: string; terminal: boolean }): Logger => {
  const { timestamp, json, combine } = winston.format;
  return winston.createLogger({
    level: options.level,
    format: combine(timestamp(), options.terminal ? readable : json()),
    transports: new winston.transports.Stream({ stream: process.stderr }),
  });
};
