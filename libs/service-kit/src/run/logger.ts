// One log line a thing that happened, as JSON. Errors are cut to what names no person and shows no SQL.
import { Logger as NestLogger, type LoggerService } from '@nestjs/common';
import { destination, pino, type Logger } from 'pino';

export function rootLogger(level: string, file = '-'): Logger {
  return pino(
    { level, base: null, timestamp: pino.stdTimeFunctions.isoTime, serializers: { err: safeError } },
    destination(file === '-' ? { dest: 2, sync: true } : { dest: file, sync: true, mkdir: true }),
  );
}

/** Type, code and the frames of our own code: a driver's message may quote a row. */
function safeError(error: unknown): object {
  if (!(error instanceof Error)) return { type: typeof error };
  const { code, constraint } = error as { code?: string; constraint?: string };
  const isDatabase = typeof code === 'string' && /^[0-9A-Z]{5}$/.test(code);
  return {
    type: error.name,
    ...(code !== undefined && { code }),
    ...(constraint !== undefined && { constraint }),
    ...(isDatabase ? {} : { message: error.message }),
    frames: error.stack?.split('\n').filter((line) => line.trim().startsWith('at ')).slice(0, 8).map((line) => line.trim()),
  };
}

/** Nest's own words go to debug: at start it has many. */
export function nestLogger(logger: Logger): LoggerService {
  const quiet = (message: unknown) => logger.debug({ nest: true }, String(message));
  return {
    log: quiet,
    debug: quiet,
    verbose: quiet,
    warn: (message: unknown) => logger.warn({ nest: true }, String(message)),
    error: (message: unknown, stack?: unknown) => logger.error({ nest: true, stack: typeof stack === 'string' ? stack.split('\n').slice(0, 8) : undefined }, String(message)),
  };
}

/** Static in Nest: the last one wins for every application of the process, so the launcher sets it once. */
export function useForNest(logger: Logger): void {
  NestLogger.overrideLogger(nestLogger(logger));
}
