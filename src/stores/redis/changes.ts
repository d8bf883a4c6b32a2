import { isGrantId, type GrantId } from '../../protocol/secrets';
import { DIRECTORY_NOUNS, type DirectoryNoun } from './keys';

/** Checks whether other gates may cache, so that a change has to be announced or is a failure. */
export type Changes = 'announcing' | 'silent';

/** The content of an announcement: a changed grant, or a changed record of the directory. */
export type Change = { readonly grantId: GrantId } | { readonly noun: DirectoryNoun; readonly key: string };

/** How a change of a record is announced. That of a grant is announced by its id, and no noun is as long as one. */
export const changeOf = (noun: DirectoryNoun, key: string): string => `${noun} ${key}`;

/** @returns `undefined` for a message that is no announcement. */
export const readChange = (message: string): Change | undefined => {
  if (isGrantId(message)) return { grantId: message };
  const space = message.indexOf(' ');
  const noun = DIRECTORY_NOUNS.find((name) => name === message.slice(0, Math.max(0, space)));
  return noun === undefined ? undefined : { noun, key: message.slice(space + 1) };
};
