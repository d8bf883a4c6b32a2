import type { Grant } from '../../tokens/records';
import type { Principal } from '../../tokens/principal';
import type { TokenKind } from './epochs';
import { escapeField } from './fields';
import type { Keys } from './keys';

const NAMES: Readonly<Record<TokenKind, RegExp>> = {
  access: /^\d*[ps]([^\t]*)\t([^\t]*)\t([^\t]*)\t/,
  refresh: /^[^\t]*\t[^\t]*\t\d*[ps]([^\t]*)\t([^\t]*)\t([^\t]*)\t/,
};

/** Returns the key of a principal's epoch. */
export const epochKeyOf = (keys: Keys, principal: Principal): string => {
  if ('clientId' in principal) return keys.epoch('c', escapeField(principal.clientId));
  if ('subject' in principal) return keys.epoch('u', escapeField(principal.subject));
  return 'organization' in principal
    ? keys.epoch('o', escapeField(principal.organization))
    : keys.epoch('k', principal.consent);
};

const keysOfNames = (keys: Keys, client: string, user: string, organization: string): readonly string[] => [
  keys.epoch('c', client),
  ...(user === '' ? [] : [keys.epoch('u', user)]),
  ...(organization === '' ? [] : [keys.epoch('o', organization)]),
];

/** Returns the keys of the epochs of a grant: of its client, its user and their organization. */
export const epochKeysOf = (keys: Keys, { clientId, subject = '', organization = '' }: Grant): readonly string[] =>
  keysOfNames(keys, escapeField(clientId), escapeField(subject), escapeField(organization));

/** Returns the same keys for a stored token, as the script that reads several does; none for a foreign value. */
export const epochKeysIn = (keys: Keys, value: string, kind: TokenKind): readonly string[] => {
  const [isRead, client = '', user = '', organization = ''] = NAMES[kind].exec(value) ?? [];
  return isRead === undefined ? [] : keysOfNames(keys, client, user, organization);
};
