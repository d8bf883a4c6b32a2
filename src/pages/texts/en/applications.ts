import { phrases } from './phrases';

/** Texts of My Subscriptions, and names of applications. */
export const applications = {
  mine: 'My Subscriptions',
  remove: 'Remove an application',
  removeButton: 'Remove application',
  /** @param ending the sentence about the tokens that end */
  removeEffect: (application: string, counts: string, ending: string) =>
    `This permanently deletes ${application}, with ${counts}. ${ending}`,
  removed: 'Application removed, with its keys and tokens.',
  keyCount: (count: number) => `${phrases.number(count)} ${count === 1 ? 'key' : 'keys'}`,
  secretCount: (count: number) => `${phrases.number(count)} ${count === 1 ? 'secret' : 'secrets'}`,
  subscriptionCount: (count: number) => `${phrases.number(count)} ${count === 1 ? 'subscription' : 'subscriptions'}`,
  revokeSecret: 'Revoke a secret',
  /** Distinguishes applications of one name. @param ending last characters of a consumer key */
  withKey: (name: string, ending: string) => `${name} (key …${ending})`,
  /** @param ending last characters of the id */
  withoutKey: (name: string, ending: string) => `${name} (no key yet, ID …${ending})`,
  search: 'Search applications',
  noMatch: 'No application matches your search.',
  showAll: 'Show all applications',
  none: 'You have no application yet. Subscribe to an API, generate a consumer key and secret, and generate a token with them.',
  browse: 'Browse the APIs',
  noSubscription: 'No subscription yet.',
  addSubscription: 'Add one',
  consumerKey: { production: 'Consumer key (production)', sandbox: 'Consumer key (sandbox)' },
  environments: { production: 'production', sandbox: 'sandbox' },
  newApplication: 'New application',
  name: 'Application name',
  create: 'Create application',
};
