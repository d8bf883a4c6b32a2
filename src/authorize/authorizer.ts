import type { Directory } from '../directory/directory';
import type { Html } from '../pages/html';
import { notice } from '../pages/notice';
import { OAuthError } from '../protocol/errors';
import type { CodeIssuer } from './code-issuer';
import {
  allowedScopes,
  asksConsent,
  findOffer,
  isDecided,
  offerTokenOf,
  type Offer,
  type OfferServices,
} from './offer';
import type { Outcome } from './outcome';
import { consentPage, fieldOf, type ConsentPage, type ConsentServices } from './pages/consent';
import { problems, wrongUserPage } from './pages/problems';
import { signInPage } from './pages/sign-in';
import type { AuthorizationRequests, Handled } from './requests';
import type { AuthorizingUser, Identified, Users } from './users';

export interface AuthorizerServices extends OfferServices, ConsentServices {
  readonly directory: Directory;
  readonly requests: AuthorizationRequests;
  readonly users: Users;
  readonly codeIssuer: CodeIssuer;
}

const loginRequired = (): OAuthError => new OAuthError('login_required', 'The user must sign in.');
const consentRequired = (): OAuthError => new OAuthError('consent_required', 'The user must give consent.');
const denied = (): OAuthError => new OAuthError('access_denied', 'The user has denied the request.');
const notServed = (): OAuthError => new OAuthError('access_denied', 'The user may not use this application.');

/** Takes an authorization request through sign-in and consent to its response. */
export class Authorizer {
  readonly #services: AuthorizerServices;

  constructor(services: AuthorizerServices) {
    this.#services = services;
  }

  /** Responds to the client if nothing is missing, else shows the page of the next step. */
  readonly proceed = async (handled: Handled): Promise<Outcome> => {
    const { requests, codeIssuer } = this.#services;
    const found = await this.#findOffer(handled);
    if ('kind' in found) return found;
    if (!isDecided(found)) {
      if (handled.request.prompts.has('none')) throw consentRequired();
      return this.#askConsent(handled, found, {});
    }
    const scopes = asksConsent(handled.request) ? allowedScopes(found) : found.scopes;
    return requests.answer(handled, () => codeIssuer.issue(found, scopes, found.consent?.id));
  };

  /** Shows the sign-in page, even if a user has signed in. */
  readonly signInAsAnother = async (handled: Handled): Promise<Outcome> => {
    const { visit, request: authorization, waiting, transactionId } = handled;
    const asked = { visit, authorization, waiting, transactionId, isAnother: true };
    return this.#toSignIn(handled, await this.#services.users.identify(asked));
  };

  /** Handles the decision of a user about a request. */
  readonly decide = async (handled: Handled): Promise<Outcome> => {
    const { requests, codeIssuer } = this.#services;
    const { visit, transactionId } = handled;
    if (visit.form.get('decision') !== 'allow') return requests.refuse(handled, denied());
    const offer = await this.#findOffer(handled);
    if ('kind' in offer) return offer;
    if (visit.form.get('offer') !== offerTokenOf(offer, visit, transactionId)) {
      return this.#askConsent(handled, offer, { remark: notice('wrong', visit.texts.authorize.changed), status: 409 });
    }
    const granted = offer.scopes.filter((scope) => visit.form.has(fieldOf(scope)));
    if (granted.length === 0 && offer.scopes.length > 0) {
      const ticked = new Set<string>();
      return this.#askConsent(handled, offer, {
        ticked,
        remark: notice('wrong', visit.texts.authorize.tickOne),
        status: 400,
      });
    }
    if (!(await codeIssuer.hasRoomFor(offer))) return requests.show(handled, problems.tooManyConsents);
    return requests.answer(handled, () => codeIssuer.allow(offer, granted));
  };

  /** Shows the sign-in page. @param username to fill in. @default what the application suggests */
  async showSignIn(handled: Handled, remark?: Html, username = handled.request.loginHint): Promise<Outcome> {
    const { visit, request, transactionId } = handled;
    const application = request.recipient.client.application.name;
    const fields = { transactionId, application, username, ...(remark === undefined ? {} : { remark }) };
    return this.#services.requests.show(handled, await signInPage(visit, fields, this.#services.directory));
  }

  /** Determines what the signed-in user can allow; returns the next step if no user has signed in. */
  async #findOffer(handled: Handled): Promise<Offer | Outcome> {
    const { visit, request, waiting, transactionId } = handled;
    const asked = { visit, authorization: request, waiting, transactionId, isAnother: false };
    const identified = await this.#services.users.identify(asked);
    if (identified === 'sign-in' || 'elsewhere' in identified) {
      if (request.prompts.has('none')) throw loginRequired();
      return this.#toSignIn(handled, identified);
    }
    return (await findOffer(request, identified, this.#services)) ?? this.#refuseUser(handled, identified);
  }

  async #toSignIn(handled: Handled, identified: Identified): Promise<Outcome> {
    if (identified === 'sign-in') return this.showSignIn(handled);
    if ('elsewhere' in identified) return this.#services.requests.sendTo(handled, identified.elsewhere);
    return this.proceed(handled);
  }

  async #refuseUser(handled: Handled, { name }: AuthorizingUser): Promise<Outcome> {
    const { visit, request, transactionId } = handled;
    if (request.prompts.has('none')) throw notServed();
    const application = request.recipient.client.application.name;
    return this.#services.requests.show(handled, wrongUserPage(visit, transactionId, name, application));
  }

  async #askConsent(
    handled: Handled,
    offer: Offer,
    extras: Pick<ConsentPage, 'ticked' | 'remark' | 'status'>,
  ): Promise<Outcome> {
    const { visit, transactionId } = handled;
    const offerToken = offerTokenOf(offer, visit, transactionId);
    const page = consentPage(visit, { transactionId, offer, offerToken, ...extras }, this.#services);
    return this.#services.requests.show(handled, page);
  }
}
