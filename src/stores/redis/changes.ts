import { isGrantId, type GrantId } from '../../protocol/secrets';
import { DIRECTORY_NOUNS, type DirectoryNoun } from './keys';

/** Mode of changes. `announcing`: other gates may cache, so a change that cannot be announced is a failure. */
export type Changes = 'announcing' | 'silent';

/** The content of an announcement: a changed grant, or a changed record of the directory. */
export type Change = { readonly grantId: GrantId } | { readonly noun: DirectoryNoun; readonly key: string };

/** Formats the announcement of a changed record. A grant is announced by its id, which is longer than any noun. */
export const changeOf = (noun: DirectoryNoun, key: string): string => `${noun} ${key}`;

/** Reads an announcement. @returns `undefined` for any other message */
export const readChange = (message: string): Change | undefined => {
  if (isGrantId(message)) return { grantId: message };
  const space = message.indexOf(' ');
  const noun = DIRECTORY_NOUNS.find((name) => name === message.slice(0, Math.max(0, space)));
  return noun === undefined ? undefined : { noun, key: message.slice(space + 1) };
};
