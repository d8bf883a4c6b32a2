import type { LevelWithSilent } from 'pino';
import type { Faults } from './fault';
import { readFields } from './fields';

/** The level of the log, and whether it has requests. */
export interface LogSettings {
  /** Lines below this level are not written. */
  readonly level: LevelWithSilent;
  /** True if there is a line for each request. */
  readonly access: boolean;
}

// Typed as a complete record, so that a new level of pino must be added here.
const LEVELS: Readonly<Record<LevelWithSilent, true>> = {
  trace: true,
  debug: true,
  info: true,
  warn: true,
  error: true,
  fatal: true,
  silent: true,
};

const isLevel = (value: unknown): value is LevelWithSilent => typeof value === 'string' && Object.hasOwn(LEVELS, value);

/** Reads `log`; left out: level `info`, and no access log. */
export const readLog = (faults: Faults, value: unknown): LogSettings => {
  const { level = 'info', access = false } = readFields(faults, value, ['log'], ['level', 'access']);
  if (!isLevel(level)) faults.add(['log', 'level'], `must be one of ${Object.keys(LEVELS).join(', ')}`);
  if (typeof access !== 'boolean') faults.add(['log', 'access'], 'must be true or false');
  return { level: isLevel(level) ? level : 'info', access: access === true };
};
