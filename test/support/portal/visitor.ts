import { unescaped } from '../http/unescaped';
import type { ServedPortal } from './served-portal';

export interface PortalAnswer {
  readonly status: number;
  readonly text: string;
  readonly headers: Headers;
  /** Below the mount path of the portal. */
  readonly location: string | undefined;
}

export type Fields = Readonly<Record<string, string>>;

/** The fields that a page's form of this action brings by itself. @throws when there is no such form */
export const hiddenFields = (page: string, action: string): Fields => {
  const [, inside] =
    new RegExp(`<form method="post" action="/store${action.replaceAll('/', '\\/')}">([\\s\\S]*?)</form>`).exec(page) ??
    [];
  if (inside === undefined) throw new Error(`the page has no form for ${action}`);
  const inputs = inside.matchAll(/<input type="hidden" name="([^"]*)" value="([^"]*)"/g);
  return Object.fromEntries([...inputs].map(([, name = '', value = '']) => [name, unescaped(value)]));
};

/** Somebody with a browser that shows nothing: keeps the cookie, and sends the forms of pages. */
export class PortalVisitor {
  readonly #portal: ServedPortal;
  cookie: string | undefined;

  constructor(portal: ServedPortal) {
    this.#portal = portal;
  }

  async get(path: string, headers: Fields = {}): Promise<PortalAnswer> {
    return this.#send(path, { method: 'GET', headers });
  }

  async post(path: string, fields: Fields | string, headers: Fields = {}): Promise<PortalAnswer> {
    const body = typeof fields === 'string' ? fields : new URLSearchParams(fields).toString();
    return this.#send(path, {
      method: 'POST',
      body,
      headers: { 'Content-Type': 'application/x-www-form-urlencoded', Origin: this.#portal.url, ...headers },
    });
  }

  /** Opens a page and sends its form of this action, with what is filled in. */
  async submit(page: string, action: string, fields: Fields = {}): Promise<PortalAnswer> {
    const { text } = await this.get(page);
    return this.post(action, { ...hiddenFields(text, action), ...fields });
  }

  /** The token that forms of this visitor bring. */
  async formToken(page = '/sign-in', action = '/sign-in'): Promise<string> {
    return hiddenFields((await this.get(page)).text, action)['form_token'] ?? '';
  }

  /** The field of a single-use form, as a page has created it for this visitor. */
  async sending(): Promise<string> {
    return hiddenFields((await this.get('/subscriptions')).text, '/applications')['sending'] ?? '';
  }

  async signIn({
    username,
    password,
  }: {
    readonly username: string;
    readonly password: string;
  }): Promise<PortalAnswer> {
    return this.submit('/sign-in', '/sign-in', { username, password });
  }

  async #send(path: string, { headers, ...init }: RequestInit & { readonly headers: Fields }): Promise<PortalAnswer> {
    const answer = await fetch(`${this.#portal.url}/store${path}`, {
      redirect: 'manual',
      ...init,
      headers: { ...(this.cookie === undefined ? {} : { Cookie: this.cookie }), ...headers },
    });
    const [set] = answer.headers.getSetCookie();
    if (set !== undefined) this.cookie = set.split(';')[0];
    const location = answer.headers.get('location')?.replace(/^\/store/, '');
    return { status: answer.status, text: await answer.text(), headers: answer.headers, location };
  }
}

/** Somebody who has signed in. @throws unless that works */
export const signedIn = async (
  portal: ServedPortal,
  user: { readonly username: string; readonly password: string },
): Promise<PortalVisitor> => {
  const visitor = new PortalVisitor(portal);
  const { status, location = '' } = await visitor.signIn(user);
  if (status !== 303) throw new Error(`the sign-in was answered ${status} ${location}`);
  return visitor;
};

/** An application of the signed-in user, with a production key; its page is the last one that was opened. */
export const withKeys = async (visitor: PortalVisitor, name = 'My app') => {
  const { location = '' } = await visitor.submit('/subscriptions', '/applications', { name });
  const id = /^\/applications\/([\w-]+)\?/.exec(location)?.[1];
  if (id === undefined) throw new Error(`the application was not created: ${location}`);
  const generated = await visitor.submit(`/applications/${id}`, `/applications/${id}/generate`, {
    environment: 'production',
  });
  const secret = /data-testid="consumer-secret"[^>]*>([^<]*)</.exec(generated.text)?.[1] ?? '';
  const key = /data-testid="consumer-key"[^>]*>([^<]*)</.exec(generated.text)?.[1] ?? '';
  return { id, key, secret, generated };
};
