import type { Grant } from '../../tokens/records';
import type { Principal } from '../../tokens/principal';
import type { TokenKind } from './epochs';
import { escapeField } from './fields';
import type { Keys } from './keys';

const OF_FIRST_FIELDS = /^(\d*)[ps]([^\t]*)\t([^\t]*)\t([^\t]*)\t([^\t]*)\t/;

const NAMES: Readonly<Record<TokenKind, RegExp>> = {
  access: OF_FIRST_FIELDS,
  refresh: /^[^\t]*\t[^\t]*\t(\d*)[ps]([^\t]*)\t([^\t]*)\t([^\t]*)\t([^\t]*)\t/,
  code: OF_FIRST_FIELDS,
};

/** The only version of a line in which the name of the consent follows that of the organization. */
const VERSION_WITH_CONSENT = '3';

/** Returns the key of a principal's epoch. */
export const epochKeyOf = (keys: Keys, principal: Principal): string => {
  if ('clientId' in principal) return keys.epoch('c', escapeField(principal.clientId));
  if ('subject' in principal) return keys.epoch('u', escapeField(principal.subject));
  return 'organization' in principal
    ? keys.epoch('o', escapeField(principal.organization))
    : keys.epoch('k', escapeField(principal.consent));
};

/** Names as they are stored; those of absent principals are empty. */
interface StoredNames {
  readonly client: string;
  readonly user: string;
  readonly organization: string;
  readonly consent: string;
}

const keysOfNames = (keys: Keys, { client, user, organization, consent }: StoredNames): readonly string[] => [
  keys.epoch('c', client),
  ...(user === '' ? [] : [keys.epoch('u', user)]),
  ...(organization === '' ? [] : [keys.epoch('o', organization)]),
  ...(consent === '' ? [] : [keys.epoch('k', consent)]),
];

/** Returns the keys of the epochs of a grant: of its client and, if there are any, its user, organization and consent. */
export const epochKeysOf = (
  keys: Keys,
  { clientId, subject = '', organization = '', consent = '' }: Grant,
): readonly string[] =>
  keysOfNames(keys, {
    client: escapeField(clientId),
    user: escapeField(subject),
    organization: escapeField(organization),
    consent: escapeField(consent),
  });

/** Returns the same keys for a stored value, as the script that reads several does; none for a foreign value. */
export const epochKeysIn = (keys: Keys, value: string, kind: TokenKind): readonly string[] => {
  const [isRead, version, client = '', user = '', organization = '', next = ''] = NAMES[kind].exec(value) ?? [];
  if (isRead === undefined) return [];
  return keysOfNames(keys, { client, user, organization, consent: version === VERSION_WITH_CONSENT ? next : '' });
};
