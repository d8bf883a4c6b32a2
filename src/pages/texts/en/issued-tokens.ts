import { phrases } from './phrases';

/** Texts of the page Generate token: the form, its scopes, and the token. */
export const issuedTokens = {
  application: 'Application',
  choose: 'Choose',
  tokenFor: 'Token for',
  forUser: (username: string) => `Me (${username})`,
  forClient: 'No user (client credentials)',
  publicForUsers: 'A public application gets tokens for its users only.',
  needsSecret: 'A token for this application itself needs its secret: request it at the token endpoint.',
  scopesFor: (client: string) => `Scopes for ${client}`,
  clientLabel: (application: string, environment: string) => `${application} (${environment})`,
  otherScopes: 'Other scopes',
  allScopes: 'Scopes',
  noFurtherScopes: 'No scopes beyond those listed above.',
  alsoFor: (apis: string) => `(also for ${apis})`,
  cannotBeGranted: (reason: string) => `Cannot be granted: ${reason}.`,
  selectAll: (api: string) => `Select all of ${api}`,
  noSandbox: (api: string) =>
    `${api} has no sandbox: it refuses every token of a sandbox key (403). Use the production key.`,
  notSubscribed: (count: string, isOne: boolean) => `Not subscribed (${count} ${isOne ? 'API' : 'APIs'})`,
  subscribe: 'Subscribe',
  subscribeTo: (api: string) => `to ${api}`,
  noSubscription: (application: string) =>
    `${application} is not subscribed to any API, so there are no scopes to choose from.`,
  subscribeToApi: 'Subscribe to an API',
  noClient: 'You need an application with a consumer key first.',
  generateKey: 'Generate one',
  disabledOnes: (names: string) => `Disabled applications are not offered: ${names}.`,
  chooseApplication: 'Choose an application.',
  another: 'Generate another token',
  doneBefore: 'This form was already submitted. If you missed its token, generate another and revoke the first.',
  /** The instant follows. */
  copyNow: (seconds: number) =>
    `Copy the token now. It won't be shown again. It expires in ${phrases.duration(seconds)}, at`,
  accessToken: 'Access token',
  refreshToken: 'Refresh token',
  accessTokenLabel: 'the access token',
  refreshTokenLabel: 'the refresh token',
  scopes: 'Scopes',
  /** The name of the scope follows. */
  placeholder: 'none; the token carries the placeholder scope',
  notGranted: 'Not granted',
  rightsChanged: 'your rights have changed; try again',
  isDisabled: (name: string) => `${name} is disabled. Choose another application.`,
  isPublic: (name: string) => `${name} is public and gets tokens for its users only.`,
  isDeclared: (name: string) =>
    `${name} is managed in the gateway's configuration. Request a token for the application itself at the token endpoint, with its secret.`,
  isGone: 'This application has been disabled or removed. Choose another.',
  notListed: (application: string) => `not in the list of scopes that the operator gave ${application}`,
  neededByNoApi: "no API needs it, so the operator has to list it in the application's scopes",
  notSubscribedTo: (application: string, apis: string) => `${application} is not subscribed to ${apis}`,
  noRoles: "an application has no roles, so the operator has to list it in the application's scopes",
  requiresRole: (role: string) => `requires the role ${role}, which you don't have`,
  requiresRoles: (roles: string) => `requires one of the roles ${roles}, and you have none of them`,
};
