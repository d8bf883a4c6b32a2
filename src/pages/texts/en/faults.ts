import type { DirectoryProblem } from '../../../protocol/problems';
import { sentenceOf, type SentencesOf } from '../sentences';
import { phrases } from './phrases';
import { redirectUris } from './redirect-uris';

const LABEL_RULE =
  'must be 1 to 100 characters, one of them visible, without control characters and direction controls.';

/** Sentences about fields that a management call refused. */
const fields: Readonly<Record<string, string>> = {
  name: `The name ${LABEL_RULE}`,
  label: `The label ${LABEL_RULE}`,
  description:
    'The description must be at most 500 characters, without control characters other than line breaks and without direction controls.',
  username: 'The user name must have 1 to 256 characters, without spaces and without look-alike letters.',
  roles: 'A role must have 1 to 128 characters without white space.',
  expiresAt: 'The expiry date must be in the future.',
};

const sentences: SentencesOf<DirectoryProblem> = {
  password_malformed: () => 'The password must have 1 to 1,024 bytes of UTF-8, without control characters.',
  password_too_short: ({ min }) =>
    `The password must have at least ${phrases.counted(min, 'character', 'characters')}.`,
  password_common: () => 'The password must not be one of the most common passwords; choose another.',
  password_is_username: () => 'The password must not be the user name; choose another.',
  username_malformed: () => fields['username'] ?? '',
  organization_not_offered: ({ offered }) =>
    `The organization must be one of these: ${offered.join(', ')}. For another one, ask its administrator for an account.`,
  organization_closed: () => 'The organization does not accept new accounts at the moment.',
  organization_missing: () => 'The organization is required.',
  name_taken: ({ by }) => `The name is taken by your application ${by}; choose another.`,
  field: ({ field }) => fields[field] ?? `The value of ${field} is not valid.`,
  disabled_by_operator: () => 'The operator disabled this; only the operator can change that.',
  own_account: () => 'You cannot change your own account here; another administrator can.',
  user_disabled: () => 'The user is disabled. Enable the user first.',
  user_changed: () => 'The user was changed at the same time. Try again.',
  sign_up_waits: () => 'The sign-up of the user waits for approval. Approve it instead.',
  too_many_sign_ups: () => 'Too many sign-ups of the organization wait for approval. Try again later.',
  too_many_applications: ({ max }) =>
    `You have ${phrases.counted(max, 'application', 'applications')}, which is the limit. Remove one first.`,
  too_many_secrets: ({ max }) =>
    `The key has ${phrases.counted(max, 'secret', 'secrets')}, which is the limit. Revoke one first.`,
  redirect_uri: ({ line, fault }) =>
    `The redirect URIs are wrong in line ${line}, which ${sentenceOf<typeof fault>(redirectUris, fault)}.`,
  too_many_redirect_uris: ({ max }) => `The redirect URIs must not be more than ${max}: remove some.`,
  redirect_uris_missing: () => 'The redirect URIs are missing: a public client can only use the authorization code.',
};

/** Texts of faults of forms. */
export const faults = {
  sentences,
  nameTaken: 'This name is already in use.',
  /** A fault that the form of a page cannot cause. */
  other: 'This is not possible with these values. Reload the page and try again.',
};
