import type { IssuerAddress } from '../protocol/metadata';
import { randomText } from '../protocol/secrets';
import { cookieValues, hostCookieName } from './cookie-header';

const ID_SHAPE = /^[sv][A-Za-z0-9_-]{43}$/;

/** Generates an id for a visitor who has not signed in. It binds forms to a browser and is not stored on the server. */
export const mintVisitorId = (): string => `v${randomText(32)}`;

/**
 * A cookie of the pages, which all pages of a host share. It holds the id of a session or of a visitor, 256 random
 * bits. If the issuer is https, its name begins with `__Host-`, so that other hosts of the domain cannot set it
 * (RFC 6265bis §4.1.3.2).
 */
export class IdCookie {
  readonly #name: string;
  readonly #attributes: string;

  /** @param issuer whose scheme decides whether the cookie is secure. @param name without the prefix */
  constructor({ origin }: Pick<IssuerAddress, 'origin'>, name = 'scopegate') {
    const isSecure = origin.startsWith('https:');
    this.#name = hostCookieName(name, isSecure);
    this.#attributes = `Path=/;${isSecure ? ' Secure;' : ''} HttpOnly; SameSite=Lax`;
  }

  /**
   * Reads the id from a Cookie header. If several cookies of this name hold an id, none is trusted. Other values do not
   * count, such as that of an earlier version, which browsers may send for a longer path.
   */
  read(header: string | undefined): string | undefined {
    const ids = cookieValues(header, this.#name).filter((value) => ID_SHAPE.test(value));
    return ids.length === 1 ? ids[0] : undefined;
  }

  /** Builds a Set-Cookie header without an expiry: the id is used until the browser is closed or the session ends. */
  write(id: string): string {
    return `${this.#name}=${id}; ${this.#attributes}`;
  }
}
