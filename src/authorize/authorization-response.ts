import type { OAuthError } from '../protocol/errors';
import type { Recipient } from './recipient';

/** A response to the client (RFC 6749 §4.1.2 and §4.1.2.1). */
export interface AuthorizationResponse {
  readonly recipient: Recipient;
  readonly parameters: Readonly<Record<string, string>>;
}

/** Builds authorization responses. Each names the issuer (RFC 9207 §2). */
export class Responses {
  readonly #issuer: string;

  /** @param issuer byte for byte as in the metadata */
  constructor(issuer: string) {
    this.#issuer = issuer;
  }

  success(recipient: Recipient, code: string): AuthorizationResponse {
    return this.#respond(recipient, { code });
  }

  error(recipient: Recipient, { code, message }: OAuthError): AuthorizationResponse {
    return this.#respond(recipient, { error: code, error_description: message });
  }

  #respond(recipient: Recipient, result: AuthorizationResponse['parameters']): AuthorizationResponse {
    const state = recipient.state === undefined ? {} : { state: recipient.state };
    return { recipient, parameters: { ...result, ...state, iss: this.#issuer } };
  }
}

/** Returns the redirect URI with the parameters of the response; a query that it already has is kept (RFC 6749 §3.1.2). */
export const addressOf = ({ recipient: { redirectUri }, parameters }: AuthorizationResponse): string => {
  const separator = redirectUri.includes('?') ? '&' : '?';
  return redirectUri + (/[?&]$/.test(redirectUri) ? '' : separator) + new URLSearchParams(parameters).toString();
};

/**
 * Returns the source expressions (CSP3 §2.3.1) of the addresses to which the form of a page can lead. Chromium applies
 * them to each redirect that follows, and a client may send the browser on to another of its hosts, so they name schemes
 * and no host.
 */
export const sourcesOf = ({ redirectUri }: Pick<Recipient, 'redirectUri'>): string => {
  const { protocol } = new URL(redirectUri);
  return protocol === 'https:' ? protocol : `https: ${protocol}`;
};
