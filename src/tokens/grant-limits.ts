import type { GateEventFacts } from '../events/gate-events';
import { OAuthError } from '../protocol/errors';
import type { GrantId } from '../protocol/secrets';
import type { Seconds } from '../protocol/time';
import { factsOf, type Grant } from './records';

/** Limits on live grants; `Infinity` for any number. */
export interface GrantLimits {
  /** Grants that one client has for one user. At the limit, the one that expires first ends for a new one. */
  readonly grantsPerUserAndClient: number;
  /** Grants of one client, with and without a user. At the limit, a new one is refused. */
  readonly grantsPerClient: number;
}

export const UNLIMITED_GRANTS: GrantLimits = { grantsPerUserAndClient: Infinity, grantsPerClient: Infinity };

/** Spaces the attempts of a client at its limit: when one of its grants will end is not known. */
const RETRY_AFTER: Seconds = 60;

export const tooManyGrants = ({ grantsPerClient }: GrantLimits): OAuthError =>
  new OAuthError(
    'invalid_request',
    `The limit of grants per client is reached (grantsPerClient: ${grantsPerClient}). Revoke tokens that are no longer used.`,
    { status: 429, headers: { 'Retry-After': String(RETRY_AFTER) } },
  );

/** Returns the events of a new grant for which others of its user and client have ended. */
export const eventsOfEnded = (grant: Grant, ended: readonly GrantId[]): readonly GateEventFacts[] => {
  const { clientId, subject } = grant;
  if (ended.length === 0 || subject === undefined) return [];
  return [
    { type: 'limit', limit: 'grantsPerUserAndClient', clientId, subject },
    ...ended.map(
      (grantId) => ({ type: 'revoke', because: 'limit', ends: 'grants', ...factsOf({ ...grant, grantId }) }) as const,
    ),
  ];
};
