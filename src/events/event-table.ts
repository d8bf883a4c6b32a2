import type { GateEvent, GateEventType } from './gate-events';
import type { Labels } from './series';

/** Counter of one type of event. */
export interface EventCounter<T extends GateEventType> {
  readonly name: string;
  readonly help: string;
  /**
   * Returns the labels of an event. Their values are from short fixed lists, never a client, a user or an address. The
   * counter of password grants, which names clients, is bounded and not in this table.
   * Absent if the counter has no labels.
   */
  readonly labelsOf?: (event: GateEvent<T>) => Labels;
}

/** Facts that the audit records of an event, besides its type, client, user and organization. */
export interface AuditedFacts {
  readonly detail?: string;
}

/** Rules for the audit of one type of event. */
export interface EventAudit<T extends GateEventType> {
  /** Part of an organization's audit (`AUDIT_PARTS`) whose limits apply. */
  readonly part: 'security' | 'activity' | 'failures';
  /** Returns what is recorded of an event, or `undefined` if this one is not recorded. */
  readonly factsOf: (event: GateEvent<T>) => AuditedFacts | undefined;
}

export interface EventRow<T extends GateEventType> {
  /** `false` if events of this type are not counted. */
  readonly counter: EventCounter<T> | false;
  /** `false` if events of this type are not in the audit. */
  readonly audit: EventAudit<T> | false;
}

export type EventTable = { readonly [T in GateEventType]: EventRow<T> };

/**
 * How each event is counted and audited. Metrics, the audit and the list of event types derive from this table, so a new
 * event without a row does not compile.
 */
export const EVENT_TABLE: EventTable = {
  issue: {
    counter: {
      name: 'scopegate_issued_total',
      help: 'Grants for which tokens were issued',
      labelsOf: ({ occasion, environment }) => ({ occasion, environment }),
    },
    audit: {
      part: 'activity',
      factsOf: ({ occasion, scopes }) => ({ detail: `${occasion}: ${scopes.join(' ') || 'no scope'}` }),
    },
  },
  refresh: {
    counter: {
      name: 'scopegate_refreshed_total',
      help: 'Refresh tokens used and replaced',
      labelsOf: ({ environment }) => ({ environment }),
    },
    audit: false,
  },
  replay: {
    counter: { name: 'scopegate_replayed_total', help: 'Refreshes repeated inside the grace window' },
    audit: { part: 'activity', factsOf: ({ answer }) => ({ detail: answer }) },
  },
  reuse: {
    counter: {
      name: 'scopegate_reused_total',
      help: 'Spent refresh tokens and authorization codes used again, each the end of its grant',
    },
    audit: { part: 'security', factsOf: () => ({}) },
  },
  revoke: {
    counter: {
      name: 'scopegate_revoked_total',
      help: 'Revocations of a grant, or of all tokens of a client, a user or an organization, or under a consent',
      labelsOf: ({ because, ends }) => ({ because, ends }),
    },
    audit: {
      part: 'security',
      // An event of a consent names no user, so it has no organization; the portal records the revocation itself.
      factsOf: ({ because, consent }) => (consent === undefined ? { detail: because } : undefined),
    },
  },
  deny: {
    counter: {
      name: 'scopegate_denied_total',
      help: 'Requests refused, by place, status and reason',
      labelsOf: ({ place, status, reason }) => ({ place, status: String(status), reason }),
    },
    audit: {
      part: 'failures',
      factsOf: ({ clientId, place, status, reason, api }) => {
        // Without a client, such as for a request without a token, there is no organization whose audit could record it.
        if (clientId === undefined) return undefined;
        // A client that repeats requests beyond its allowance would fill the audit.
        if (status === 429 && place === 'guard') return undefined;
        return { detail: [place, status, reason, api].filter((part) => part !== undefined).join(' ') };
      },
    },
  },
  throttle: {
    counter: {
      name: 'scopegate_throttled_total',
      help: 'Attempts refused because too many before them had failed',
      labelsOf: ({ rule }) => ({ rule }),
    },
    audit: false,
  },
  limit: {
    counter: {
      name: 'scopegate_limited_total',
      help: 'Requests over a limit of one user, client or network, beyond a plan or beyond the limit of a resource',
      labelsOf: ({ limit }) => ({ limit }),
    },
    audit: {
      part: 'failures',
      // Without a client or a user, such as for a sign-up, there is no organization whose audit could record it.
      // Nor are requests beyond a plan or the limit of a resource: a client that repeats them would fill the audit.
      factsOf: ({ clientId, subject, limit, api }) =>
        (clientId ?? subject) === undefined || api !== undefined ? undefined : { detail: limit },
    },
  },
  subscriptionRequest: {
    counter: {
      name: 'scopegate_subscription_requests_total',
      help: 'Requests for subscriptions that were made, withdrawn, approved or rejected',
      labelsOf: ({ state }) => ({ state }),
    },
    // The portal and the command line record the user who acted, whom the event does not name.
    audit: false,
  },
  // Not counted, because the gauge `scopegate_store_up` reports the state of the store at each scrape.
  storeAway: { counter: false, audit: false },
  storeBack: { counter: false, audit: false },
};

/** Returns the row of an event type. Its functions accept events of that type only. */
export const rowOf = <T extends GateEventType>(type: T): EventRow<T> => EVENT_TABLE[type];

export const isGateEventType = (text: unknown): text is GateEventType =>
  typeof text === 'string' && Object.hasOwn(EVENT_TABLE, text);

export const GATE_EVENT_TYPES = Object.keys(EVENT_TABLE).filter(isGateEventType);
