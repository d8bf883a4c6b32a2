import { digestOf, randomText } from '../protocol/secrets';

const ID_SHAPE = /^[sv][A-Za-z0-9_-]{43}$/;
const MARK_LENGTH = 8;

/**
 * Returns a mark that distinguishes the cookies of several mounts that a browser sends to the same path. Lower-cased first,
 * because Express matches mount paths in any case.
 */
const markOf = (mount: string): string => digestOf(`mount ${mount.toLowerCase()}`).slice(0, MARK_LENGTH);

/** Generates an id for a visitor who has not signed in. It binds forms to a browser and is not stored on the server. */
export const mintVisitorId = (): string => `v${randomText(32)}`;

/**
 * The cookie of the pages. It holds the id of a session or of a visitor, 256 random bits. If the issuer is https, its
 * name begins with `__Host-`, so that other hosts of the domain cannot set it (RFC 6265bis §4.1.3.2). Over http,
 * browsers also send the cookies of pages that are mounted at a parent path, so the value ends with a mark of the
 * mount.
 */
export class IdCookie {
  readonly #isSecure: boolean;
  readonly #name: string;

  constructor(isSecure: boolean) {
    this.#isSecure = isSecure;
    this.#name = isSecure ? '__Host-scopegate' : 'scopegate';
  }

  /** Reads the id from a Cookie header. If this cookie occurs more than once, none is trusted. */
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

  /** Builds a Set-Cookie header without an expiry: the id is used until the browser is closed or the session ends. */
  write(id: string, mount: string): string {
    const place = this.#isSecure ? 'Path=/; Secure' : `Path=${mount === '' ? '/' : mount}`;
    return `${this.#name}=${id}${this.#endOf(mount)}; ${place}; HttpOnly; SameSite=Lax`;
  }

  /** Returns the end of the value: the mark of the mount; empty over https, where all pages of a host share a cookie. */
  #endOf(mount: string): string {
    return this.#isSecure ? '' : `.${markOf(mount)}`;
  }
}
