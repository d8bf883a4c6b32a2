import type { Consent } from '../consents/consent-store';
import type { Consents, ConsentQuestion } from '../consents/consents';
import { digestOf } from '../protocol/secrets';
import type { Scope } from '../protocol/scope';
import type { ResourceOwner, ResourceOwners } from '../sign-in/resource-owners';
import type { AuthorizationRequest } from './authorization-request';
import type { AuthorizingUser } from './users';
import type { Visit } from './visit';

/** The scopes that one user can allow the client of an authorization request. */
export interface Offer {
  readonly request: AuthorizationRequest;
  readonly owner: ResourceOwner;
  /** The user's name for the pages. */
  readonly userName: string;
  readonly scopes: Scope;
  readonly question: ConsentQuestion;
  /** The user's earlier decision. */
  readonly consent: Consent | undefined;
}

export interface OfferServices {
  readonly owners: Pick<ResourceOwners, 'findFresh'>;
  readonly consents: Consents;
}

/** Checks whether users of the application are asked for their consent. */
export const asksConsent = ({ recipient: { client } }: AuthorizationRequest): boolean =>
  client.application.asksConsent !== false;

/**
 * Determines what a user can allow. @returns `undefined` if the user may not use the application
 * @throws OAuthError `invalid_scope`
 */
export const findOffer = async (
  request: AuthorizationRequest,
  user: AuthorizingUser,
  { owners, consents }: OfferServices,
): Promise<Offer | undefined> => {
  const { client } = request.recipient;
  // A `users` function identifies its users by an id without an organization, so the one of the sign-in is compared.
  if (!user.mayBeOf(client.application.organization)) return undefined;
  const owner = await owners.findFresh(user.subject, client, user.roles);
  if (owner === undefined) return undefined;
  const { id, owner: ownerOfApplication, organization } = client.application;
  const question = {
    subject: owner.subject,
    application: {
      id,
      ...(ownerOfApplication !== undefined && { owner: ownerOfApplication }),
      ...(organization !== undefined && { organization }),
    },
    resources: request.resources.map(({ identifier }) => identifier),
  };
  const consent = asksConsent(request) ? await consents.findFresh(question) : undefined;
  return { request, owner, userName: user.name, scopes: request.offerTo(owner.roles), question, consent };
};

/** Returns the scopes that an earlier decision allows. */
export const allowedScopes = ({ scopes, consent }: Offer): Scope =>
  scopes.filter((scope) => consent?.granted.includes(scope));

/**
 * Checks whether no decision is needed: the user has decided about every scope, and has not refused all of them.
 */
export const isDecided = (offer: Offer): boolean => {
  const { request, scopes, consent } = offer;
  if (!asksConsent(request)) return true;
  if (consent === undefined || request.prompts.has('consent')) return false;
  if (!scopes.every((scope) => consent.asked.includes(scope))) return false;
  return scopes.length === 0 || allowedScopes(offer).length > 0;
};

/** Derives a token that binds a decision to the session, the user and what the user was asked. */
export const offerTokenOf = ({ scopes, question }: Offer, { browserId, sessionId }: Visit, transactionId: string) =>
  digestOf(`offer ${JSON.stringify([browserId, sessionId, transactionId, question, scopes])}`);
