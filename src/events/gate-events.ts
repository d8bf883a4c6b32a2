import type { BearerEndpointName, FormEndpointName, PageEndpointName } from '../protocol/endpoints';
import type { GrantTypeFor } from '../protocol/grant-types';
import type { EpochSeconds } from '../protocol/time';

/** Fields of a grant in events. */
export interface GrantFacts {
  readonly grantId: string;
  readonly clientId: string;
  /** The user. Absent if the client acts on its own behalf. */
  readonly subject?: string;
  readonly organization?: string;
  readonly environment: 'production' | 'sandbox';
}

/** Occasion of issuing a token: a grant type, or `management` for `gate.tokens.issue` and the portal. */
export type IssueOccasion = GrantTypeFor<'user' | 'client'> | 'management';

/** Tokens of a new grant were issued. */
export interface IssueEvent extends GrantFacts {
  readonly type: 'issue';
  readonly occasion: IssueOccasion;
  /** The granted scopes. */
  readonly scopes: readonly string[];
}

/** A refresh token was used and replaced. */
export interface RefreshEvent extends GrantFacts {
  readonly type: 'refresh';
  readonly scopes: readonly string[];
}

/** A refresh request was repeated within the grace window (`refreshGrace`). */
export interface ReplayEvent extends GrantFacts {
  readonly type: 'replay';
  /**
   * `same`: the pair of the first response was returned again. `replaced`: that pair had more rights than are left, so
   * it was revoked and a new pair was returned.
   */
  readonly answer: 'same' | 'replaced';
  /** Scopes of the access token in the response. */
  readonly scopes: readonly string[];
}

/**
 * A spent refresh token or authorization code was used again, so its grant ends (RFC 9700 §4.14, RFC 6749 §4.1.2).
 * `revoke` is emitted when it has ended.
 */
export interface ReuseEvent extends GrantFacts {
  readonly type: 'reuse';
}

export type RevokeReason =
  /** A client sent a request to the revocation endpoint. */
  | 'request'
  /** `gate.tokens.revoke` */
  | 'management'
  | 'reuse'
  | 'password'
  | 'secret'
  /** An application has become public or confidential. */
  | 'client_type'
  | 'disabled'
  | 'removed'
  /** The `users` function no longer returns the user. */
  | 'gone'
  | 'roles'
  | 'scopes'
  | 'unsubscribed'
  /** The user has withdrawn the consent, or a part of it. */
  | 'consent'
  /** A gate was started that declares the record differently, or no longer. */
  | 'declaration'
  /** A new grant took its place at `limits.grantsPerUserAndClient`. */
  | 'limit'
  /** The client or the user lost the right to the tokens during issuance. The tokens were not sent to the client. */
  | 'undone';

/** Live tokens were revoked: those of a grant, of a client, of a user, of an organization or under a consent. */
export interface RevokeEvent {
  readonly type: 'revoke';
  readonly because: RevokeReason;
  /** `access`: only access tokens end. Refresh tokens stay valid, and the next refresh grants the remaining rights. */
  readonly ends: 'grants' | 'access';
  readonly grantId?: string;
  readonly clientId?: string;
  readonly subject?: string;
  readonly organization?: string;
  /** Id of the consent under which all these tokens were issued; the other ids are absent then. */
  readonly consent?: string;
}

/** Components that can refuse a request: a guard or an endpoint; the portal and pages of an endpoint for a 503. */
export type DenyingPlace = 'guard' | 'portal' | FormEndpointName | BearerEndpointName | PageEndpointName;

/** A request was refused. */
export interface DenyEvent extends Partial<GrantFacts> {
  readonly type: 'deny';
  readonly place: DenyingPlace;
  readonly status: number;
  /**
   * The OAuth error code of the response; a code of the guard: `no_token`, `wrong_audience`, `not_subscribed`,
   * `no_sandbox`, `plan_exceeded`, `limit_exceeded`, `retired`; or for a 503 the reason, such as `store_away`, which is not in the response.
   */
  readonly reason: string;
  /** The requested API, if the guard protects one. */
  readonly api?: string;
  /** All scopes that the rule names. */
  readonly needs?: readonly string[];
}

/** An attempt was refused, or answered without checking its credentials, because too many earlier ones had failed. */
export interface ThrottleEvent {
  readonly type: 'throttle';
  readonly rule: string;
  /** Source of the attempt: an IPv4 address, the /64 of an IPv6 address, or `unknown`. */
  readonly network: string;
}

/** A limit that can be reached: a member of the option `limits`, or a bound that is not an option. */
export type LimitName =
  | 'grantsPerUserAndClient'
  | 'grantsPerClient'
  | 'signUpsPerNetwork'
  | 'passwordLinksPerAdministrator'
  | 'sessionsPerUser'
  | 'consentsPerUser'
  | 'authorizationsPerNetwork'
  | 'applicationsPerUser'
  | 'secretsPerKey'
  | 'auditPerActor'
  /** 30 authorization codes within 60 seconds. */
  | 'codesPerUserAndClient'
  /** The whole queue for password work. */
  | 'passwordWork'
  | 'passwordWorkPerAccount'
  | 'passwordWorkPerClient'
  | 'passwordWorkPerNetwork'
  | 'passwordWorkOfSignUps'
  /** A request that had a place in the queue waited for `passwords.queueDeadline`. */
  | 'passwordWorkDeadline';

/** A plan that refused a request, or the limit of a resource: by names of the options, which are never those of clients. */
export type LimitedRequest =
  | { readonly limit: `plan:${string}`; readonly api: string; readonly plan: string; readonly resource?: never }
  | {
      /** `resource:`, the context of the API and the path of the resource as declared. */
      readonly limit: `resource:${string}`;
      readonly api: string;
      readonly resource: string;
      readonly plan?: never;
    };

/** A request was refused, or something older ended, because one user, client or network reached its limit. */
export interface LimitEvent {
  readonly type: 'limit';
  readonly limit: LimitName | LimitedRequest['limit'];
  /** The API, if a request for it was beyond a plan, or beyond the limit of a resource. */
  readonly api?: string;
  /** Name of the plan. */
  readonly plan?: string;
  /** The path of the resource as declared. */
  readonly resource?: string;
  /** Source of the request: an IPv4 address, the /64 of an IPv6 address, or `unknown`. */
  readonly network?: string;
  readonly clientId?: string;
  readonly subject?: string;
}

/** A request for a subscription was made, withdrawn or decided. */
export interface SubscriptionRequestEvent {
  readonly type: 'subscriptionRequest';
  readonly state: 'pending' | 'withdrawn' | 'approved' | 'rejected';
  /** Id of the request. */
  readonly request: string;
  /** Id of the application. */
  readonly application: string;
  readonly api: string;
  readonly plan?: string;
  readonly organization?: string;
}

/** The store became unavailable. Requests that need it get a 503 response. */
export interface StoreAwayEvent {
  readonly type: 'storeAway';
  readonly store: string;
  /** A single word, such as `LOADING` or `ECONNREFUSED`. */
  readonly reason: string;
}

export interface StoreBackEvent {
  readonly type: 'storeBack';
  readonly store: string;
}

/** All events of a gate, without their time. No event has a field for a token, a secret, a password or request text. */
export type GateEventFacts =
  | IssueEvent
  | RefreshEvent
  | ReplayEvent
  | ReuseEvent
  | RevokeEvent
  | DenyEvent
  | ThrottleEvent
  | LimitEvent
  | SubscriptionRequestEvent
  | StoreAwayEvent
  | StoreBackEvent;

/** An event with the time at which it was emitted. Frozen. */
export type GateEvent<T extends GateEventType = GateEventType> = Extract<GateEventFacts, { readonly type: T }> & {
  readonly at: EpochSeconds;
};

export type GateEventType = GateEventFacts['type'];
