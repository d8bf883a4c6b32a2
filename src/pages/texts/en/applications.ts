/** Texts of the pages of applications, their subscriptions and keys. */
export const applications = {
  mine: 'My Subscriptions',
  remove: 'Remove an application',
  revokeSecret: 'Revoke a secret',
  /** Distinguishes applications of one name. @param ending last characters of a consumer key */
  withKey: (name: string, ending: string) => `${name} (key …${ending})`,
  /** @param ending last characters of the id */
  withoutKey: (name: string, ending: string) => `${name} (no key yet, ID …${ending})`,
};
