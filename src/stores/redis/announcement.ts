import { isGrantId } from '../../protocol/secrets';
import type { Change, DirectoryNoun } from '../change-feed';
import { DIRECTORY_NOUNS } from './keys';

/** Mode of announcements. `required`: other gates may cache, so a change that cannot be announced is a failure. */
export type Announcing = 'required' | 'optional';

/** Formats the announcement of a changed record. A grant is announced by its id, which is longer than any noun. */
export const announcementOf = (noun: DirectoryNoun, key: string): string => `${noun} ${key}`;

/** Reads an announcement. @returns `undefined` for any other message */
export const readAnnouncement = (message: string): Change | undefined => {
  if (isGrantId(message)) return { grantId: message };
  const space = message.indexOf(' ');
  const noun = DIRECTORY_NOUNS.find((name) => name === message.slice(0, Math.max(0, space)));
  return noun === undefined ? undefined : { noun, key: message.slice(space + 1) };
};
