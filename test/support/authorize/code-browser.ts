import { unescaped } from '../http/unescaped';
import type { ServedPortal } from '../portal/served-portal';
import { authorizeQuery, responseIn, type CodeClient, type RequestParameters } from './code-client';

/** The response to a request of the browser, redirects not followed. */
export interface Shown {
  readonly status: number;
  readonly text: string;
  readonly headers: Headers;
  readonly location: string | undefined;
}

export type Fields = Readonly<Record<string, string>>;

const attribute = (tag: string, name: string): string | undefined => {
  const value = new RegExp(`\\s${name}="([^"]*)"`).exec(tag)?.[1];
  return value === undefined ? undefined : unescaped(value);
};

/** The hidden fields and the ticked check-boxes of a page's form. @throws if the page has no form with this action */
export const fieldsOf = ({ text }: Pick<Shown, 'text'>, action: string): Fields => {
  const form = text.split('<form ').find((part) => part.includes(`action="${action}"`));
  if (form === undefined) throw new Error(`the page has no form for ${action}: ${text.slice(0, 2_000)}`);
  const inputs = [...(form.split('</form>')[0] ?? '').matchAll(/<input\b[^>]*>/g)].map(([tag]) => tag);
  return Object.fromEntries(
    inputs.flatMap((tag) => {
      const type = attribute(tag, 'type');
      const isSent = type === 'hidden' || (type === 'checkbox' && /\schecked\b/.test(tag));
      return isSent ? [[attribute(tag, 'name') ?? '', attribute(tag, 'value') ?? 'on']] : [];
    }),
  );
};

/** The names of the scopes on a consent page, in order. */
export const scopesOn = ({ text }: Pick<Shown, 'text'>): readonly string[] =>
  [...text.matchAll(/<input\b[^>]*type="checkbox"[^>]*>/g)].map(([tag]) =>
    (attribute(tag, 'name') ?? '').replace(/^scope /, ''),
  );

/** A browser without a screen: it keeps cookies by name and sends the forms of pages. */
export class CodeBrowser {
  readonly #served: Pick<ServedPortal, 'url'>;
  readonly cookies = new Map<string, string>();

  constructor(served: Pick<ServedPortal, 'url'>) {
    this.#served = served;
  }

  /** Opens an authorization request of a client. */
  open(client: Pick<CodeClient, 'clientId' | 'redirectUri'>, changes: RequestParameters = {}): Promise<Shown> {
    return this.get(`/authorize?${authorizeQuery(client, changes)}`);
  }

  get(path: string, headers: Fields = {}): Promise<Shown> {
    return this.#send(path, { method: 'GET', headers });
  }

  post(path: string, fields: Fields | string, headers: Fields = {}): Promise<Shown> {
    const body = typeof fields === 'string' ? fields : new URLSearchParams(fields).toString();
    const type = { 'Content-Type': 'application/x-www-form-urlencoded', Origin: this.#served.url };
    return this.#send(path, { method: 'POST', body, headers: { ...type, ...headers } });
  }

  /** Sends the form of a page with what is filled in. A field with the value `unticked` is left out. */
  submit(page: Shown, action: string, fields: Fields): Promise<Shown> {
    const all = Object.entries({ ...fieldsOf(page, action), ...fields });
    return this.post(action, Object.fromEntries(all.filter(([, value]) => value !== 'unticked')));
  }

  /** Signs in on a sign-in page, and follows the redirect. */
  async signIn(page: Shown, { username, password }: { username: string; password: string }): Promise<Shown> {
    const { status, location, text } = await this.submit(page, '/authorize/sign-in', { username, password });
    if (status !== 303 || location === undefined) throw new Error(`the sign-in was answered ${status}: ${text}`);
    return this.get(location);
  }

  /** Allows what a consent page asks for, except some scopes. */
  allow(page: Shown, { except = [] }: { readonly except?: readonly string[] } = {}): Promise<Shown> {
    const unticked = Object.fromEntries(except.map((scope) => [`scope ${scope}`, 'unticked']));
    return this.submit(page, '/authorize/decision', { decision: 'allow', ...unticked });
  }

  deny(page: Shown): Promise<Shown> {
    return this.submit(page, '/authorize/decision', { decision: 'deny' });
  }

  /** Takes a request through sign-in and consent. @returns the parameters of the response */
  async authorize(
    client: CodeClient,
    user: { username: string; password: string },
    changes: RequestParameters = {},
  ): Promise<Fields> {
    const consent = await this.signIn(await this.open(client, changes), user);
    return responseIn((consent.location === undefined ? await this.allow(consent) : consent).location);
  }

  async #send(path: string, { headers, ...init }: RequestInit & { readonly headers: Fields }): Promise<Shown> {
    const cookie = [...this.cookies].map(([name, value]) => `${name}=${value}`).join('; ');
    const answer = await fetch(this.#served.url + path, {
      redirect: 'manual',
      ...init,
      headers: { ...(cookie === '' ? {} : { Cookie: cookie }), ...headers },
    });
    for (const set of answer.headers.getSetCookie()) {
      const [, name = '', value = ''] = /^([^=]+)=([^;]*)/.exec(set) ?? [];
      this.cookies.set(name, value);
    }
    const location = answer.headers.get('location') ?? undefined;
    return { status: answer.status, text: await answer.text(), headers: answer.headers, location };
  }
}
