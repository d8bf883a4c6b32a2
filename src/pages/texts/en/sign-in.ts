import { phrases } from './phrases';

/** Texts of the pages on which a user signs in and signs up. */
export const signIn = {
  signIn: 'Sign in',
  signUp: 'Sign up',
  username: 'User name',
  usernameHint: 'With your organization, for example jane@example.com@acme, where acme is your organization.',
  noAccount: 'No account yet?',
  signedOut: 'You have signed out.',
  signedOutEverywhere: 'You have signed out everywhere. All your sessions, and all tokens issued for you, have ended.',
  signedUp: 'If the user name was available, your account is ready. Sign in below.',
  wrong: 'The user name or the password is wrong.',
  wrongPassword: 'The password is wrong. Nothing was changed.',
  paused: (failures: number, seconds: number) =>
    `After ${phrases.counted(failures, 'failed attempt', 'failed attempts')}, sign-in from your network is paused for up to ${phrases.duration(seconds)}.`,
  organization: 'Organization',
  password: 'Password',
  signOutEverywhere: 'Sign out everywhere?',
};
