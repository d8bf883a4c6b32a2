import { isGrantId } from '../../protocol/secrets';
import { printPrincipal, readPrincipal, type Principal } from '../../tokens/principal';
import type { Change, DirectoryNoun } from '../change-feed';
import { DIRECTORY_NOUNS } from './keys';

/** Mode of announcements. `required`: other gates may cache, so a change that cannot be announced is a failure. */
export type Announcing = 'required' | 'optional';

/** Formats the announcement of a changed record. A grant is announced by its id, which is longer than any noun. */
export const announcementOf = (noun: DirectoryNoun, key: string): string => `${noun} ${key}`;

const EPOCH = 'epoch';

/** Formats the announcement of a replaced epoch. Gates of the first version ignore it, like any other message. */
export const announcementOfEpoch = (principal: Principal): string => `${EPOCH} ${printPrincipal(principal)}`;

/** Reads an announcement. @returns `undefined` for any other message */
export const readAnnouncement = (message: string): Change | undefined => {
  if (isGrantId(message)) return { grantId: message };
  const space = message.indexOf(' ');
  const first = message.slice(0, Math.max(0, space));
  const rest = message.slice(space + 1);
  if (first === EPOCH) {
    const principal = readPrincipal(rest);
    return principal === undefined ? undefined : { principal };
  }
  const noun = DIRECTORY_NOUNS.find((name) => name === first);
  return noun === undefined ? undefined : { noun, key: rest };
};
