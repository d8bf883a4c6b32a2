/** Texts of the page Try it, and of the answers of the server to its script. */
export const tryIt = {
  title: 'Try it',
  needsJavaScript: "Try it needs JavaScript. Without it, use the commands on an application's page.",
  noApis: 'No APIs are declared, so there is nothing to try.',
  api: 'API',
  choose: 'Choose',
  needs: (api: string) => `Access to ${api}`,
  tokenTooLong: (max: string) => `This is not an access token: it is longer than ${max} characters.`,
  noMethod: 'This is not an HTTP method. Choose a resource from the list.',
  noResource: 'This resource no longer exists. Reload the page.',
  isPublic: 'This resource is public: it needs no token.',
  notSubscribed: (application: string, api: string) => `${application} is not subscribed to ${api}.`,
  notGrantable: (reasons: string) => `No token for this resource can be issued: ${reasons}.`,
  reason: (scope: string, reason: string) => `${scope}: ${reason}`,
  received: (duration: string) => `New token, valid for ${duration}.`,
  receivedWith: (scopes: string, duration: string) => `New token with ${scopes}, valid for ${duration}.`,
  lacks: (reasons: string) => `Not granted: ${reasons}.`,
};
