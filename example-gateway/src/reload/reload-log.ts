import type { Logger } from 'pino';
import type { Differences } from '../configuration/differences';
import type { ReloadResult } from './reload-result';

/** Limits of one log line: a file can have thousands of keys and faults. */
const MAX_ENTRIES = 50;
const MAX_LENGTH = 300;

/** Shortens a list for the log. `more` is the number of entries that are left out. */
const shorten = (list: readonly string[]) => ({
  shown: list
    .slice(0, MAX_ENTRIES)
    .map((entry) => (entry.length > MAX_LENGTH ? `${entry.slice(0, MAX_LENGTH)}…` : entry)),
  more: Math.max(0, list.length - MAX_ENTRIES),
});

const fieldsOf = (differences: Differences): Readonly<Record<string, unknown>> => {
  const entries = (['added', 'removed', 'changed'] as const).flatMap((kind): [string, unknown][] => {
    const { shown, more } = shorten(differences[kind]);
    if (shown.length === 0) return [];
    return [[kind, shown], ...(more === 0 ? [] : [[`${kind}NotListed`, more] satisfies [string, unknown]])];
  });
  return Object.fromEntries<unknown>(entries);
};

/** Writes the line of a reload: the keys that differ, never their values. */
export const logReload = (logger: Logger, file: string, result: ReloadResult): void => {
  if (result.outcome === 'reloaded') return logger.info({ file, ...fieldsOf(result.differences) }, 'Reloaded');
  if (result.outcome === 'unchanged') return logger.info({ file }, 'Nothing to reload: nothing has changed');
  const { shown, more } = shorten(result.messages);
  const fields = { file, faults: shown, ...(more === 0 ? {} : { faultsNotListed: more }) };
  return logger.error(fields, 'Not reloaded: the previous configuration stays in effect');
};
