import { digestOf, randomText, equalDigests } from '../protocol/secrets';

const shape = /^[sv][A-Za-z0-9_-]{43}$/;

/** An id for who has not signed in: it ties forms to a browser, and no store knows it. */
export const mintVisitorId = (): string => `v${randomText(32)}`;

/**
 * The one cookie of the Store. It holds an id of 256 random bits: of a session, or of a visitor. Where the issuer is https
 * its name begins with `__Host-`, so that no neighbour of the host can set it (RFC 6265bis §4.1.3.2).
 */
export class IdCookie {
  readonly #isSecure: boolean;
  readonly #name: string;

  constructor(isSecure: boolean) {
    this.#isSecure = isSecure;
    this.#name = isSecure ? '__Host-scopegate' : 'scopegate';
  }

  /** The id in a Cookie header. Of several cookies of the name none is believed. */
  read(header: string | undefined): string | undefined {
    const values = (header ?? '')
      .split(';')
      .map((pair) => pair.trim())
      .filter((pair) => pair.startsWith(`${this.#name}=`))
      .map((pair) => pair.slice(this.#name.length + 1));
    const [value] = values;
    return values.length === 1 && value !== undefined && shape.test(value) ? value : undefined;
  }

  /** A Set-Cookie header. It lasts until the browser is closed, or the session ends. */
  write(id: string, mount: string): string {
    const place = this.#isSecure ? 'Path=/; Secure' : `Path=${mount === '' ? '/' : mount}`;
    return `${this.#name}=${id}; ${place}; HttpOnly; SameSite=Lax`;
  }
}

/** What a form must bring to be believed: nobody can make it who cannot read the cookie. */
export const formTokenOf = (id: string): string => digestOf(`form of ${id}`);

export const isFormToken = (text: string | undefined, id: string): boolean =>
  text !== undefined && equalDigests(digestOf(text), digestOf(formTokenOf(id)));
