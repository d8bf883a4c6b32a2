import type { Consents } from '../consents/consents';
import type { Emit } from '../events/emitter';
import { OAuthError } from '../protocol/errors';
import type { Scope } from '../protocol/scope';
import type { Codes } from '../tokens/codes';
import type { Revocation } from '../tokens/revocation';
import type { Offer } from './offer';

export interface CodeIssuerServices {
  readonly codes: Codes;
  readonly consents: Consents;
  readonly tokens: Pick<Revocation, 'revokeAccess'>;
  readonly emit: Emit;
}

const withdrawn = (): OAuthError => new OAuthError('access_denied', 'The user has withdrawn the consent.');

const tooMany = (): OAuthError =>
  new OAuthError('access_denied', 'The user has given consent to too many applications.');

/** Issues authorization codes, under the consent of the user if one is needed. */
export class CodeIssuer {
  readonly #services: CodeIssuerServices;

  constructor(services: CodeIssuerServices) {
    this.#services = services;
  }

  /** Checks whether a decision of the user can be stored. If not, a `limit` event is emitted. */
  async hasRoomFor({ question, request }: Offer): Promise<boolean> {
    if (await this.#services.consents.hasRoomFor(question)) return true;
    this.#reportLimit(question.subject, request.recipient.client.clientId);
    return false;
  }

  /**
   * Stores the decision of the user, and issues a code for the scopes that the user has allowed. If the user no longer
   * allows one that was allowed before, access tokens end, and the next refresh gives what is left.
   * @throws OAuthError `access_denied`; StoreUnavailableError
   */
  async allow(offer: Offer, granted: Scope): Promise<string> {
    const { consents, tokens } = this.#services;
    const { question, scopes, consent: before, request } = offer;
    const decided = await consents.decide(question, { asked: scopes, granted });
    if (decided === 'limited') {
      this.#reportLimit(question.subject, request.recipient.client.clientId);
      throw tooMany();
    }
    const isNarrowed = before?.granted.some((scope) => scopes.includes(scope) && !granted.includes(scope)) === true;
    if (isNarrowed) await tokens.revokeAccess({ consent: decided.id }, 'consent');
    return this.issue(offer, granted, decided.id);
  }

  /**
   * Issues a code.
   * @param consent id of the consent; absent if the application asks for none
   * @throws OAuthError `access_denied` if the consent was withdrawn meanwhile; StoreUnavailableError
   */
  async issue({ request, owner }: Offer, scopes: Scope, consent?: string): Promise<string> {
    const { codes, consents } = this.#services;
    const { client, redirectUri } = request.recipient;
    const code = await codes.issue({
      clientId: client.clientId,
      subject: owner.subject,
      organization: client.application.organization,
      consent,
      environment: client.environment,
      scopes,
      resources: request.resources.map(({ identifier }) => identifier),
      roles: owner.roles,
      redirectUri,
      challenge: request.challenge,
    });
    if (consent === undefined) return code;
    if ((await consents.findFreshById(owner.subject, consent)) === undefined) throw withdrawn();
    return code;
  }

  #reportLimit(subject: string, clientId: string): void {
    this.#services.emit({ type: 'limit', limit: 'consentsPerUser', subject, clientId });
  }
}
