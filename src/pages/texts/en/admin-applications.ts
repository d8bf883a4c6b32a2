import { phrases } from './phrases';

/** Texts of the pages on which administrators manage applications. */
export const adminApplications = {
  listed: 'Applications of your organization',
  heads: { name: 'Name', owner: 'Owner', keys: 'Consumer keys', apis: 'APIs', state: 'State' },
  search: 'Name, owner or consumer key',
  filter: 'Filter',
  allStates: 'All',
  states: { enabled: 'Enabled', disabled: 'Disabled' },
  none: 'Your organization has no applications yet. Users create them when they subscribe to an API.',
  noMatch: 'No application matches.',
  noMatchYet: 'No application matches so far. The others have not been searched yet.',
  continueSearch: 'Continue the search',
  showAll: 'Show all applications',
  formerOwner: (owner: string) => `${owner} (former user)`,
  noOwner: 'None',
  id: 'ID',
  disable: 'Disable',
  enable: 'Enable',
  /** Name of a button for one application. */
  actionOn: (action: string, application: string) => `${action} ${application}`,
  disableTitle: (application: string) => `Disable ${application}?`,
  /** @param ending the sentence about the tokens that end */
  disableEffect: (application: string, ending: string) => `${application} can no longer get tokens. ${ending}`,
  declared: "Managed in the gateway's configuration. You can only disable and enable it here.",
  byOperator: 'The operator of the gateway has disabled the application. Only the operator can enable it again.',
  noSubscription: 'No subscription yet. The application gets the scopes of the APIs that it subscribes to.',
  waiting: 'These subscriptions wait for a decision:',
  decide: 'Open Approvals',
  noKey: 'No key yet. The owner generates it.',
  declaredSecrets: "The secrets are in the gateway's configuration.",
  noSecret: 'The key has no secret.',
  liveTokens: (count: number) => `${phrases.counted(count, 'live token', 'live tokens')}.`,
  moreTokens: (count: number) => `More than ${phrases.number(count)} live tokens.`,
  audit: 'Audit of this application',
  done: {
    disabled: 'Application disabled. All its tokens have ended.',
    enabled: 'Application enabled.',
    subscribed: 'Subscribed. The owner can use the API now.',
    plan: 'Plan changed. Requests are counted against it from now on.',
    unsubscribed: "Unsubscribed. The application's access tokens have been revoked.",
  },
};
