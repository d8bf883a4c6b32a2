/** Reason of a refusal: a code of OAuth (RFC 6750 §3.1), or one of the guard's own if OAuth has none. */
export type RefusalReason =
  | 'no_token'
  | 'invalid_request'
  | 'invalid_token'
  | 'wrong_audience'
  | 'insufficient_scope'
  | 'not_subscribed'
  | 'no_sandbox'
  | 'plan_exceeded'
  | 'limit_exceeded'
  | 'temporarily_unavailable'
  | 'retired'
  | 'not_canonical'
  | 'not_found'
  | 'method_not_allowed';

/** The message of a refusal. */
export interface RefusalText {
  readonly reason: RefusalReason;
  /** The error code of the response; absent if no token was sent, because there is no error to report then. */
  readonly error?: string;
  readonly description: string;
  readonly scope?: string;
}

/** Format of the bodies of refusals. Status and headers are the same in each. */
export type Dialect = 'oauth' | 'wso2';

export type RefusalBody = (text: RefusalText) => Readonly<Record<string, string>>;

const oauthBody: RefusalBody = ({ error, description, scope }) => ({
  ...(error === undefined ? {} : { error }),
  error_description: description,
  ...(scope === undefined ? {} : { scope }),
});

const invalidCredentials = ['900901', 'Invalid Credentials'] as const;
const noResource = ['900906', 'No matching resource found in the API for the given request'] as const;
const forbidden = ['900908', 'Resource forbidden'] as const;

const throttledOut = 'Message throttled out';

const wso2Codes: Readonly<Record<RefusalReason, readonly [code: string, message: string]>> = {
  no_token: ['900902', 'Missing Credentials'],
  invalid_request: invalidCredentials,
  invalid_token: invalidCredentials,
  wrong_audience: invalidCredentials,
  insufficient_scope: ['900910', 'The access token does not allow you to access the requested resource'],
  not_subscribed: forbidden,
  no_sandbox: forbidden,
  plan_exceeded: ['900804', throttledOut],
  limit_exceeded: ['900802', throttledOut],
  temporarily_unavailable: ['900900', 'Unclassified Authentication Failure'],
  retired: noResource, // WSO2 removes a retired API from its gateways
  not_canonical: noResource,
  not_found: noResource,
  method_not_allowed: noResource,
};

/** The codes and members that clients of WSO2 API Manager 4 expect. */
const wso2Body: RefusalBody = ({ reason, description }) => {
  const [code, message] = wso2Codes[reason];
  return { code, message, description };
};

export const refusalBodies: Readonly<Record<Dialect, RefusalBody>> = { oauth: oauthBody, wso2: wso2Body };
