import type { AppliedLimit } from './applied-limits';
import type { Auth } from './auth';
import type { RefusalReason } from './refusal-bodies';

/**
 * State of an access token.
 * - `live`: valid.
 * - `malformed`: not an access token of this kind, or mistyped: its checksum is wrong.
 * - `wrong_kind`: a refresh token or a client secret.
 * - `replaced`: a refresh has replaced it.
 * - `gone`: expired, revoked or never issued here. Nothing is stored that could distinguish these.
 */
export type TokenState = 'live' | 'malformed' | 'wrong_kind' | 'replaced' | 'gone';

/** A missing right. For a scope also the reason why the token does not have it. */
export type Missing =
  /** `issued_before`: the application subscribes now, but the token is older than the subscription. */
  | { readonly kind: 'subscription'; readonly api: string; readonly because: 'not_subscribed' | 'issued_before' }
  /** The user has none of the roles that give it. */
  | { readonly kind: 'scope'; readonly scope: string; readonly because: 'role'; readonly roles: readonly string[] }
  /** The application subscribes to none of the APIs that need it. */
  | {
      readonly kind: 'scope';
      readonly scope: string;
      readonly because: 'subscription';
      readonly apis: readonly string[];
    }
  /** The application's `scopes` do not list it. */
  | { readonly kind: 'scope'; readonly scope: string; readonly because: 'application' }
  /** Available: the scope was not requested with the token, or the token has lost it since. */
  | { readonly kind: 'scope'; readonly scope: string; readonly because: 'not_requested' };

/** The decision about a request, and its reasons. */
export interface Explanation {
  readonly allowed: boolean;
  /** The status that a guard would respond with; 200 if it lets the request through. */
  readonly status: number;
  /** `allowed`, `public`, or the guard's reason for the refusal. */
  readonly reason: 'allowed' | 'public' | RefusalReason;
  readonly token: { readonly state: TokenState; readonly auth?: Auth };
  /** The rule that decides; absent if none was found. */
  readonly rule?: {
    readonly api?: string;
    /** The template of the path. */
    readonly path?: string;
    /** Every scope that the rule names. */
    readonly names: readonly string[];
  };
  readonly missing: readonly Missing[];
  /** The plan and the limit of the resource against which the request would be counted. Absent if there are none. */
  readonly limits?: readonly AppliedLimit[];
  /** The explanation in one sentence. */
  readonly summary: string;
}

const describeMissing = (missing: Missing): string => {
  if (missing.kind === 'subscription') {
    return missing.because === 'issued_before'
      ? `the token is older than the application's subscription to ${missing.api}; get a new one`
      : `the application is not subscribed to ${missing.api}`;
  }
  const { scope } = missing;
  if (missing.because === 'role') {
    return `${scope} requires ${missing.roles.length === 1 ? 'the role' : 'one of the roles'} ${missing.roles.join(', ')}`;
  }
  if (missing.because === 'subscription')
    return missing.apis.length === 0
      ? `no API needs ${scope}, so the operator has to list it in the application's scopes`
      : `${scope} requires a subscription to ${missing.apis.join(' or ')}`;
  return missing.because === 'application'
    ? `${scope} is not among the scopes of the application`
    : `the token doesn't include ${scope}, which can be requested`;
};

const printCount = (count: number, noun: string): string => `${count} ${noun}${count === 1 ? '' : 's'}`;

/** Describes an allowance that is used up, as a cause. */
const describeLimit = ({ kind, name, requests, per, retryAfter = 0 }: AppliedLimit): string =>
  `the ${kind === 'plan' ? `plan ${name}` : 'limit of the resource'} admits ${printCount(requests, 'request')} in ` +
  `${printCount(per, 'second')}; repeat the request in ${printCount(retryAfter, 'second')}`;

/** Describes the allowance that is used up. */
const exceeded = (limits: readonly AppliedLimit[] = []): readonly string[] => {
  const refusing = limits.find(({ retryAfter = 0 }) => retryAfter > 0);
  return refusing === undefined ? [] : [describeLimit(refusing)];
};

const STATES: Readonly<Record<Exclude<TokenState, 'live'>, string>> = {
  malformed: 'this is not an access token; check that you copied all of it',
  wrong_kind: 'the token is a refresh token or a client secret, not an access token',
  replaced: 'the token was replaced by a refresh',
  gone: 'the token is expired, revoked or was never issued here',
};

const REASONS: {
  readonly [R in RefusalReason]?: string;
} = {
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

/** Summarizes an explanation in one sentence. */
export const summarize = ({ status, reason, token, missing, limits }: Omit<Explanation, 'summary'>): string => {
  if (reason === 'public') return 'This request would be allowed: the resource is public.';
  if (reason === 'allowed') return 'This request would be allowed.';
  const known = token.state !== 'live' && reason === 'invalid_token' ? STATES[token.state] : REASONS[reason];
  const causes = known === undefined ? [...missing.map(describeMissing), ...exceeded(limits)] : [known];
  return `This request would be refused (${status} ${reason})${causes.length === 0 ? '' : `: ${causes.join('; ')}`}.`;
};
