import type { Emit } from '../events/emitter';
import { openUnder } from '../protocol/sealing';
import type { Clock } from '../protocol/time';
import { ConfirmedRotation, type RotationServices } from './confirmed-rotation';
import type { IssuedTokens } from './issued-tokens';
import { factsOf, type RefreshTokenRecord, type SpentToken } from './records';
import type { SentToken } from './refresh-request';
import { isWithin, type RefreshedRights } from './refreshed-rights';
import { refusedRefresh } from './refused-refresh';

/** The refresh state of a grant whose last refresh may be repeated. */
type Repeatable = RefreshTokenRecord & { readonly spent: SpentToken };

export interface RepeatServices extends RotationServices {
  readonly emit: Emit;
}

/** Checks whether a token is the one that the last refresh replaced, inside the grace window. */
export const isRepeatable = (
  state: RefreshTokenRecord,
  { digest }: Pick<SentToken, 'digest'>,
  clock: Clock,
): state is Repeatable => state.spent?.digest === digest && clock() < state.spent.until;

/** Checks whether the access token of a grant has rights that are no longer allowed. */
const exceedsRights = async (
  { store }: RepeatServices,
  { grantId }: RefreshTokenRecord,
  { access }: RefreshedRights,
): Promise<boolean> => {
  const { access: held } = await store.heldAccess(grantId);
  return held !== undefined && !isWithin(held, access);
};

/**
 * Returns the pair of the first response to a repeat of its request. If the store was slow, that pair may never have
 * been confirmed, so the rights are checked here as well.
 * @returns `undefined` if another request was faster
 */
export const repeatRefresh = async (
  services: RepeatServices,
  sent: SentToken,
  live: Repeatable,
): Promise<IssuedTokens | undefined> => {
  const pair = openUnder(sent.text, live.spent.sealedPair, sent.requestedText);
  // Two different requests may race, so this does not end the grant; it gives nothing that the first did not request.
  if (pair === undefined) throw refusedRefresh('another request inside the grace window');
  const rights = await sent.decide(live);
  const mustReplace = await exceedsRights(services, live, rights);
  // The text was sealed by a rotation and is authenticated, so its shape is known.
  const issued = mustReplace ? await replace(services, sent, { live, rights }) : (JSON.parse(pair) as IssuedTokens);
  if (issued === undefined) return undefined;
  const answer = mustReplace ? 'replaced' : 'same';
  services.emit({ type: 'replay', ...factsOf(live), answer, scopes: issued.scopes });
  return issued;
};

/** Replaces the pair of the first response, which ends its access token immediately and does not extend the window. */
const replace = (
  services: RepeatServices,
  sent: SentToken,
  { live, rights }: { readonly live: Repeatable; readonly rights: RefreshedRights },
): Promise<IssuedTokens | undefined> =>
  new ConfirmedRotation(services, sent, {
    live,
    rights,
    previousAccessUntil: services.clock(),
    repeatableUntil: live.spent.until,
  }).run();
