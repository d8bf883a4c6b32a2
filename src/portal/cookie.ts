import { digestOf, randomText, equalDigests } from '../protocol/secrets';

const ID_SHAPE = /^[sv][A-Za-z0-9_-]{43}$/;
const MARK_LENGTH = 8;

/** Tells the cookies of portals apart that a browser sends to one path. Express takes a mount in any case. */
const markOf = (mount: string): string => digestOf(`mount ${mount.toLowerCase()}`).slice(0, MARK_LENGTH);

/** An id for a visitor who has not signed in. It ties forms to a browser, and is in no store. */
export const mintVisitorId = (): string => `v${randomText(32)}`;

/**
 * The cookie of the portal. It holds an id of 256 random bits, of a session or of a visitor. If the issuer is https, its name
 * begins with `__Host-`, so that no neighbour of the host can set it (RFC 6265bis §4.1.3.2). Over http, browsers also send the
 * cookies of portals that are mounted above: a mark of the mount says which one is this portal's.
 */
export class IdCookie {
  readonly #isSecure: boolean;
  readonly #name: string;

  constructor(isSecure: boolean) {
    this.#isSecure = isSecure;
    this.#name = isSecure ? '__Host-scopegate' : 'scopegate';
  }

  /** The id in a Cookie header. If the portal's cookie is there several times, none is trusted. */
  read(header: string | undefined, mount: string): string | undefined {
    const end = this.#endOf(mount);
    const values = (header ?? '')
      .split(';')
      .map((pair) => pair.trim())
      .filter((pair) => pair.startsWith(`${this.#name}=`) && pair.endsWith(end))
      .map((pair) => pair.slice(this.#name.length + 1, pair.length - end.length));
    const [value] = values;
    return values.length === 1 && value !== undefined && ID_SHAPE.test(value) ? value : undefined;
  }

  /** A Set-Cookie header. It lasts until the browser is closed, or the session ends. */
  write(id: string, mount: string): string {
    const place = this.#isSecure ? 'Path=/; Secure' : `Path=${mount === '' ? '/' : mount}`;
    return `${this.#name}=${id}${this.#endOf(mount)}; ${place}; HttpOnly; SameSite=Lax`;
  }

  /** The cookie's attributes. Over https all portals of a host share one cookie. */
  #endOf(mount: string): string {
    return this.#isSecure ? '' : `.${markOf(mount)}`;
  }
}

/** The token that a form must bring. Only a page that knows the cookie's id can make it. */
export const formTokenOf = (id: string): string => digestOf(`form of ${id}`);

export const isFormToken = (text: string | undefined, id: string): boolean =>
  text !== undefined && equalDigests(digestOf(text), digestOf(formTokenOf(id)));
