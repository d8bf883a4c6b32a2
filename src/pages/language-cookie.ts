import type { IssuerAddress } from '../protocol/metadata';
import { cookieValues, hostCookieName } from './cookie-header';
import { isLanguage, type Language } from './texts/languages';

const YEAR = 31_536_000;

/** The cookie with the language that a user has chosen. It is not secret, and all pages of a host share it. */
export class LanguageCookie {
  readonly #name: string;
  readonly #attributes: string;

  /** @param issuer whose scheme decides whether the cookie is secure */
  constructor({ origin }: Pick<IssuerAddress, 'origin'>) {
    const isSecure = origin.startsWith('https:');
    this.#name = hostCookieName('scopegate-language', isSecure);
    this.#attributes = `Path=/; Max-Age=${YEAR};${isSecure ? ' Secure;' : ''} HttpOnly; SameSite=Lax`;
  }

  /** Reads the language from a Cookie header. Anything but the tag of one language is ignored. */
  read(header: string | undefined): Language | undefined {
    const chosen = new Set(cookieValues(header, this.#name));
    const [tag = ''] = chosen;
    return chosen.size === 1 && isLanguage(tag) ? tag : undefined;
  }

  /** Builds a Set-Cookie header. */
  write(language: Language): string {
    return `${this.#name}=${language}; ${this.#attributes}`;
  }
}
