import type { Emit } from '../events/emitter';
import { provesIssue } from '../protocol/secrets';
import { ConfirmedRotation, type RotationServices } from './confirmed-rotation';
import type { IssuedTokens } from './issued-tokens';
import { factsOf, isOfClient, type RefreshTokenRecord } from './records';
import { repeatRefresh, isRepeatable } from './refresh-repeat';
import { readSentToken, type RefreshRequest, type SentToken } from './refresh-request';
import type { RefreshDecision } from './refreshed-rights';
import { refusedRefresh } from './refused-refresh';
import type { Revocation } from './revocation';

export interface RefreshServices extends RotationServices {
  readonly revocation: Pick<Revocation, 'revokeGrant'>;
  readonly emit: Emit;
}

/** @throws OAuthError `invalid_grant` for a token that is not this client's live refresh token. */
export type Refresh = (request: RefreshRequest, decide: RefreshDecision) => Promise<IssuedTokens>;

// The loser of a race finds the winner's rotation at its second read; more reads mean that other requests keep winning.
const MAX_READS = 3;

/** @returns `undefined` if another request was faster */
const useLive = async (
  services: RefreshServices,
  sent: SentToken,
  live: RefreshTokenRecord,
): Promise<IssuedTokens | undefined> => {
  const rights = await sent.decide(live);
  const graceEndsAt = services.clock() + services.lifetimes.refreshGrace;
  const rotation = new ConfirmedRotation(services, sent, {
    live,
    rights,
    previousAccessUntil: graceEndsAt,
    repeatableUntil: Math.min(graceEndsAt, live.expiresAt), // the grace window does not revive an expired token
  });
  const issued = await rotation.run();
  if (issued !== undefined) services.emit({ type: 'refresh', ...factsOf(live), scopes: issued.scopes });
  return issued;
};

/**
 * Handles a refresh token that is not the live one: a repeat within the grace window, a reuse, or a forgery.
 * @returns `undefined` if another request was faster
 */
const useSpent = async (
  services: RefreshServices,
  sent: SentToken,
  live: RefreshTokenRecord,
): Promise<IssuedTokens | undefined> => {
  if (isRepeatable(live, sent, services.clock)) return repeatRefresh(services, sent, live);
  if (!provesIssue(sent.text, live.proofKey)) throw refusedRefresh('forged');
  services.emit({ type: 'reuse', ...factsOf(live) });
  await services.revocation.revokeGrant(live, 'reuse'); // RFC 9700 §4.14.2
  throw refusedRefresh('reused');
};

/**
 * Implements refresh token rotation (RFC 9700 §4.14.2): a token is used once, a repeat within the grace window
 * gets the same tokens, and a reuse ends the grant.
 */
export const createRefresh =
  (services: RefreshServices): Refresh =>
  async (request, decide) => {
    const sent = readSentToken(request, decide);
    for (let read = 0; read < MAX_READS; read += 1) {
      const live = await services.store.findRefresh(sent.grantId);
      if (live === undefined) throw refusedRefresh('unknown');
      // Checked before reuse: a client that presents another client's token must not be able to end the owner's grant.
      if (!isOfClient(live, sent)) throw refusedRefresh('another client');
      const use = live.digest === sent.digest ? useLive : useSpent;
      const issued = await use(services, sent, live);
      if (issued !== undefined) return issued;
    }
    throw refusedRefresh('lost every race');
  };
