import type { EpochSeconds } from '../protocol/time';

/** The fields of a grant in events. */
export interface GrantFacts {
  readonly grantId: string;
  readonly clientId: string;
  /** The user; absent where a client speaks for itself. */
  readonly subject?: string;
  readonly organization?: string;
  readonly environment: 'production' | 'sandbox';
}

/** How a token came to be issued: by a grant type, or by `gate.tokens.issue`. */
export type IssueOccasion = 'password' | 'client_credentials' | 'management';

/** Tokens of a new grant were handed out. */
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

/** A refresh was repeated inside the grace window. */
export interface ReplayEvent extends GrantFacts {
  readonly type: 'replay';
  /** `same`: with the pair of the first answer. `replaced`: that pair had more rights than are left, so it ended for a new one. */
  readonly answer: 'same' | 'replaced';
  /** Of the access token in the answer. */
  readonly scopes: readonly string[];
}

/** A spent refresh token was used again: its grant ends (RFC 9700 §4.14), and `revoke` says when it has. */
export interface ReuseEvent extends GrantFacts {
  readonly type: 'reuse';
}

export type RevokeReason =
  /** A client asked at the revocation endpoint. */
  | 'request'
  /** `gate.tokens.revoke` */
  | 'management'
  | 'reuse'
  | 'password'
  | 'secret'
  | 'disabled'
  | 'removed'
  /** The users function knows the user no more. */
  | 'gone'
  | 'roles'
  | 'scopes'
  | 'unsubscribed'
  /** The right to the tokens was withdrawn while they were being issued. They were not sent to the client. */
  | 'undone';

/** Live tokens were ended: those of one grant, of a client or of a user. */
export interface RevokeEvent {
  readonly type: 'revoke';
  readonly because: RevokeReason;
  /** `access`: refresh tokens live on, and the next refresh gives what is left. */
  readonly ends: 'grants' | 'access';
  readonly grantId?: string;
  readonly clientId?: string;
  readonly subject?: string;
}

/** The places that refuse. */
export type DenyingPlace = 'guard' | 'token' | 'revoke' | 'introspect';

/** Something was refused. */
export interface DenyEvent extends Partial<GrantFacts> {
  readonly type: 'deny';
  readonly place: DenyingPlace;
  readonly status: number;
  /** The OAuth code of the answer, or one of the guard's own words: `no_token`, `not_subscribed`, `no_sandbox`. */
  readonly reason: string;
  /** The API that was asked for, where the guard stands before one. */
  readonly api?: string;
  /** The scopes that the rule names. */
  readonly needs?: readonly string[];
}

/** An attempt was refused or not looked at, because too many before it had failed. */
export interface ThrottleEvent {
  readonly type: 'throttle';
  readonly rule: string;
  /** Where it came from: an IPv4 address, the /64 of an IPv6 address, or `unknown`. */
  readonly network: string;
}

/** The store does not answer: what needs it is answered 503. */
export interface StoreAwayEvent {
  readonly type: 'storeAway';
  readonly store: string;
  /** One word. */
  readonly reason: string;
}

export interface StoreBackEvent {
  readonly type: 'storeBack';
  readonly store: string;
}

/** Everything that a gate tells. No event has a field for a token, a secret, a password or a text that was sent. */
export type GateEventFacts =
  | IssueEvent
  | RefreshEvent
  | ReplayEvent
  | ReuseEvent
  | RevokeEvent
  | DenyEvent
  | ThrottleEvent
  | StoreAwayEvent
  | StoreBackEvent;

/** A thing that happened, and when. Frozen. */
export type GateEvent<T extends GateEventType = GateEventType> = Extract<GateEventFacts, { readonly type: T }> & {
  readonly at: EpochSeconds;
};

export type GateEventType = GateEventFacts['type'];

const types: Readonly<Record<GateEventType, true>> = {
  issue: true,
  refresh: true,
  replay: true,
  reuse: true,
  revoke: true,
  deny: true,
  throttle: true,
  storeAway: true,
  storeBack: true,
};

export const isGateEventType = (text: unknown): text is GateEventType =>
  typeof text === 'string' && Object.hasOwn(types, text);

export const GATE_EVENT_TYPES = Object.keys(types).filter(isGateEventType);
