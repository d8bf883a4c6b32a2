const counted = (count: number, noun: string): string => `${count} ${noun}${count === 1 ? '' : 's'}`;

/** Causes by the reason of a refusal. A reason that is absent has its causes in what is missing. */
const reasons: Readonly<Record<string, string>> = {
  // Used only if the token is live; otherwise its state is the cause.
  invalid_token: "the token's user no longer exists",
  wrong_audience: 'the token is for another resource; get one for this resource',
  invalid_request: 'send one token, in the Authorization header only',
  no_sandbox: 'this is a sandbox token, and the API has no sandbox',
  retired: 'the API is retired',
  not_canonical: 'the path can be read in more than one way',
  not_found: 'no such resource',
  method_not_allowed: 'the resource does not take this method',
};

/** Texts of the explanation of a decision. The English ones are those of `gate.explain().summary`. */
export const explanations = {
  public: 'This request would be allowed: the resource is public.',
  allowed: 'This request would be allowed.',
  refused: (status: number, reason: string, causes: string) =>
    `This request would be refused (${status} ${reason})${causes === '' ? '' : `: ${causes}`}.`,
  reasons,
  /** Causes by the state of the token. */
  states: {
    malformed: 'this is not an access token; check that you copied all of it',
    wrong_kind: 'the token is a refresh token or a client secret, not an access token',
    replaced: 'the token was replaced by a refresh',
    gone: 'the token is expired, revoked or was never issued here',
  },
  issuedBefore: (api: string) => `the token is older than the application's subscription to ${api}; get a new one`,
  notSubscribed: (api: string) => `the application is not subscribed to ${api}`,
  requiresRole: (scope: string, roles: readonly string[]) =>
    `${scope} requires ${roles.length === 1 ? 'the role' : 'one of the roles'} ${roles.join(', ')}`,
  neededByNoApi: (scope: string) => `no API needs ${scope}, so the operator has to list it in the application's scopes`,
  requiresSubscription: (scope: string, apis: readonly string[]) =>
    `${scope} requires a subscription to ${apis.join(' or ')}`,
  notOfApplication: (scope: string) => `${scope} is not among the scopes of the application`,
  notRequested: (scope: string) => `the token doesn't include ${scope}, which can be requested`,
  planExceeded: (plan: string, limit: string) => `the plan ${plan} ${limit}`,
  limitExceeded: (limit: string) => `the limit of the resource ${limit}`,
  /** The rest of a sentence that begins with the plan or the limit. */
  admits: (requests: number, per: number, retryAfter: number) =>
    `admits ${counted(requests, 'request')} in ${counted(per, 'second')}; repeat the request in ${counted(retryAfter, 'second')}`,
};
