/** Texts of the pages on which a user signs in, signs up, and changes the password. */
export const signIn = {
  signIn: 'Sign in',
  signUp: 'Sign up',
  organization: 'Organization',
  password: 'Password',
  signOutEverywhere: 'Sign out everywhere?',
};
