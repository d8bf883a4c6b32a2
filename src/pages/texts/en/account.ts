import { html, type Content } from '../../html';
import { phrases } from './phrases';

/** Texts of the pages on which users sign up, change their password, sign out everywhere and see their organization. */
export const account = {
  closed: 'No new accounts are possible here. Ask the administrator of your organization for an account.',
  usernameHint: 'It may be an e-mail address.',
  usernameInOrganizationHint: 'Without the organization. It may be an e-mail address.',
  organizationHint: 'You sign in as user name, @ and the key of the organization.',
  passwordAgain: 'Password again',
  passwordHint: (min: number) =>
    `At least ${phrases.counted(min, 'character', 'characters')}. Common passwords and the user name are refused.`,
  passwordsDiffer: 'The passwords do not match.',
  newPassword: 'New password',
  newPasswordAgain: 'New password again',
  newPasswordsDiffer: 'The new passwords do not match.',
  changePassword: 'Change password',
  changed: 'Password changed.',
  consequences: 'A new password ends all your tokens and signs you out in other browsers.',
  elsewhere: 'Your password is managed outside this portal.',
  declared: "Your account is managed in the gateway's configuration. Ask its operator to change your password.",
  sessions: 'Sessions',
  sessionsEnd: 'Ends your sessions in all browsers, and all tokens issued for you.',
  signOutEverywhere: 'Sign out everywhere',
  /** @param ending the sentence about the number of tokens */
  signOutConsequences: (ending: string) =>
    `Your sessions in all browsers, this one included, and all tokens issued for you end. ${ending} Programs that use them are refused until they get new ones. Tokens that your applications have for themselves stay valid.`,
  organizationName: 'Name',
  organizationKey: 'Organization key',
  organizationKeyLabel: 'the organization key',
  signInAs: 'You sign in as',
  owner: 'Applications belong to',
  usersSignInAs: (name: Content) =>
    html`Users of the organization sign in as ${name}, here and at the token endpoint. The user part may be an e-mail
    address.`,
};
