import type { RedirectUriFault } from '../../../protocol/problems';
import type { SentencesOf } from '../sentences';

/** Faults of a redirect URI, as the rest of a sentence that begins with the URI. */
export const redirectUris: SentencesOf<RedirectUriFault> = {
  too_long: ({ max }) => `is longer than ${max} characters`,
  fragment: () => 'must not have a fragment',
  malformed: () => 'is not an absolute URI in printable ASCII, with a scheme in lower case',
  credentials: () => 'must not have a user name or a password',
  wildcard_host: () => 'must name one host, without a wildcard',
  not_https: () => 'must be https, or http on 127.0.0.1, [::1] or localhost',
  scheme: () =>
    'must be https, http on a loopback host, or a private-use scheme with a dot, such as com.example.app:/callback',
  spelling: ({ expected }) => `must be spelled ${expected}`,
  response_parameter: ({ parameter }) => `must not have ${parameter} in its query: the response adds it`,
};
