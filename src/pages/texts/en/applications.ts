/** Texts of the pages of applications, their subscriptions and keys. */
export const applications = {
  mine: 'My Subscriptions',
  remove: 'Remove an application',
  revokeSecret: 'Revoke a secret',
};
