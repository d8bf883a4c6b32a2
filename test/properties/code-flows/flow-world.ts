import { CodeBrowser, scopesOn, type Shown } from '../../support/authorize/code-browser';
import { postAs, VERIFIER, type Tokens } from '../../support/authorize/code-client';
import type { ServedPortal } from '../../support/portal/served-portal';
import { changedRedirect, CLERK_SCOPES, SCOPES_OF, type FlowClient } from './flow-clients';
import type { FlowStep, StepOf } from './flow-steps';

/** A request of a browser, as the test has sent it. */
interface Sent {
  readonly client: FlowClient;
  readonly redirectUri: string;
  /** `undefined`: no scope was named. */
  readonly scopes: readonly string[] | undefined;
  readonly resources: readonly string[];
}

/** A code that a client has received, and what it may become. */
interface Received extends Sent {
  readonly code: string;
  readonly user: number;
  readonly tokens: Tokens[];
  isSpent: boolean;
}

interface Tab {
  readonly browser: CodeBrowser;
  page?: Shown;
  sent?: Sent;
  user?: number;
}

const USERS = ['kim', 'lee'];

const WRONG = 'w'.repeat(43);

/** The scope of a token that opens no scope. */
const NO_SCOPE = 'default';

const isSubset = (some: readonly string[], all: ReadonlySet<string>): boolean => some.every((one) => all.has(one));

/** Walks browsers, users and clients through the code flow, and checks each response against a model of the consents. */
export class FlowWorld {
  readonly #portal: ServedPortal;
  readonly #clients: readonly FlowClient[];
  readonly #tabs: readonly Tab[];
  readonly #codes: Received[] = [];
  /** The scopes that a user allows a client for resources, by these facts. */
  readonly #allowed = new Map<string, Set<string>>();
  readonly #isClerk = [true, true];
  /** Tokens that were issued. */
  issued = 0;

  constructor(portal: ServedPortal, clients: readonly FlowClient[]) {
    this.#portal = portal;
    this.#clients = clients;
    this.#tabs = [0, 1].map(() => ({ browser: new CodeBrowser(portal) }));
  }

  async take(step: FlowStep): Promise<void> {
    if (step.act === 'open') return this.#open(step);
    if (step.act === 'signIn') return this.#signIn(step);
    if (step.act === 'allow') return this.#allow(step);
    if (step.act === 'exchange') return this.#exchange(step);
    if (step.act === 'refresh') return this.#refresh(step);
    if (step.act === 'steal') return this.#steal(step);
    if (step.act === 'roles') return this.#setRoles(step);
    if (step.act === 'subscribe') return this.#subscribe(step);
    const tab = this.#tab(step.browser);
    const form = step.act === 'deny' ? '/authorize/decision' : undefined;
    if (tab.page === undefined || !tab.page.text.includes('action="/authorize/decision"')) return;
    if (form === undefined) {
      const transaction = /name="transaction" value="([^"]+)"/.exec(tab.page.text)?.[1] ?? '';
      return this.#show(tab, await tab.browser.get(`/authorize/resume?transaction=${transaction}`));
    }
    this.#show(tab, await tab.browser.deny(tab.page));
  }

  async #open({ browser, client: index, scopes, resources, prompt, mode, redirect, fault }: StepOf<'open'>) {
    const tab = this.#tab(browser);
    const [client, other] = [this.#client(index), this.#client((index + 1) % 3)];
    const sent = changedRedirect(client, other, redirect);
    tab.sent = { client, redirectUri: String(sent), scopes, resources };
    const page = await tab.browser.open(client, {
      redirect_uri: sent,
      scope: scopes?.join(' '),
      resource: resources.map((path) => this.#portal.url + path),
      prompt,
      response_mode: mode,
      ...(fault === undefined ? {} : { [fault]: 'fault' }),
    });
    this.#show(tab, page);
  }

  async #signIn({ browser, user, isRight }: StepOf<'signIn'>): Promise<void> {
    const tab = this.#tab(browser);
    if (tab.page?.text.includes('action="/authorize/sign-in"') !== true) return;
    const name = USERS[user] ?? '';
    const password = isRight ? `${name}-password` : 'wrong';
    const fields = { username: `${name}@johnsorg`, password };
    const answer = await tab.browser.submit(tab.page, '/authorize/sign-in', fields);
    if (answer.status === 303) {
      expect(isRight).toBe(true);
      tab.user = user;
    }
    const next = answer.location?.startsWith('/authorize/resume?') === true;
    this.#show(tab, next ? await tab.browser.get(answer.location ?? '') : answer);
  }

  async #allow({ browser, except }: StepOf<'allow'>): Promise<void> {
    const tab = this.#tab(browser);
    const { page, sent, user } = tab;
    if (page?.text.includes('value="allow"') !== true || sent === undefined || user === undefined) return;
    const asked = scopesOn(page);
    const answer = await tab.browser.allow(page, { except });
    const isSent = answer.status === 303 || answer.text.includes('name="code"');
    if (isSent) {
      const allowed = this.#allowedOf(user, sent);
      for (const scope of asked) allowed[except.includes(scope) ? 'delete' : 'add'](scope);
    }
    this.#show(tab, answer);
  }

  async #steal({ browser }: StepOf<'steal'>): Promise<void> {
    const [tab, thief] = [this.#tab(browser), this.#tab(1 - browser)];
    if (tab.page?.text.includes('action="/authorize/decision"') !== true) return;
    const answer = await thief.browser.allow(tab.page);
    expect([answer.status, answer.location]).toEqual([400, undefined]);
  }

  async #exchange({ code: index, wrong, resource }: StepOf<'exchange'>): Promise<void> {
    const received = this.#codes[this.#codes.length - 1 - index];
    if (received === undefined) return;
    const { client, code, redirectUri, resources } = received;
    const other = this.#clients[(this.#clients.indexOf(client) + 1) % 3] ?? client;
    const { status, body } = await postAs(this.#portal, '/token', wrong === 'client' ? other : client, {
      grant_type: 'authorization_code',
      code,
      redirect_uri: wrong === 'redirect' ? `${redirectUri}x` : redirectUri,
      code_verifier: wrong === 'verifier' ? WRONG : VERIFIER,
      ...(resource === undefined ? {} : { resource: this.#portal.url + resource }),
    });
    expect([200, 400]).toContain(status);
    if (status === 200) {
      expect([wrong, received.isSpent]).toEqual([undefined, false]);
      received.isSpent = true;
      return this.#check(received, body);
    }
    // A target that is refused leaves the code alone; everything else that is right ends what the code became.
    const isRepeat = received.isSpent && wrong === undefined && body.error === 'invalid_grant';
    if (!isRepeat || resources.length > 1) return;
    for (const { access_token: token } of received.tokens) expect(await this.#findScopes(token)).toBeUndefined();
  }

  async #refresh({ pair, resource }: StepOf<'refresh'>): Promise<void> {
    const withTokens = this.#codes.filter(({ tokens }) => tokens.length > 0);
    const received = withTokens[withTokens.length - 1 - pair];
    const last = received?.tokens.at(-1);
    if (received === undefined || last === undefined) return;
    const { status, body } = await postAs(this.#portal, '/token', received.client, {
      grant_type: 'refresh_token',
      refresh_token: last.refresh_token,
      ...(resource === undefined ? {} : { resource: this.#portal.url + resource }),
    });
    expect([200, 400]).toContain(status);
    if (status === 200) await this.#check(received, body);
  }

  /** Checks that tokens have no more rights than the user has allowed, and than the user and the client may have. */
  async #check(received: Received, tokens: Tokens): Promise<void> {
    this.issued += 1;
    received.tokens.push(tokens);
    const { user, resources, scopes } = received;
    const granted = tokens.scope === NO_SCOPE ? [] : tokens.scope.split(' ');
    const { token } = await this.#portal.gate.explain(tokens.access_token, 'read');
    expect(token.auth?.subject).toBe(`${USERS[user]}@johnsorg`);
    expect(isSubset(granted, this.#possible(user, received))).toBe(true);
    expect(isSubset(granted, this.#allowedOf(user, received))).toBe(true);
    if (scopes !== undefined && scopes.length > 0) expect(isSubset(granted, new Set(scopes))).toBe(true);
    const audience = token.auth?.audience;
    if (resources.length > 0) expect(resources.map((path) => this.#portal.url + path)).toContain(audience);
  }

  async #findScopes(token: string): Promise<readonly string[] | undefined> {
    return (await this.#portal.gate.explain(token, 'read')).token.auth?.scopes;
  }

  async #setRoles({ user, isClerk }: StepOf<'roles'>): Promise<void> {
    await this.#portal.gate.directory.users.setRoles(`${USERS[user]}@johnsorg`, isClerk ? ['clerk'] : []);
    this.#isClerk[user] = isClerk;
  }

  async #subscribe({ client: index, apis }: StepOf<'subscribe'>): Promise<void> {
    const client = this.#client(index);
    const { applications } = this.#portal.gate.directory;
    for (const api of ['orders', 'stock']) {
      if (apis.includes(api) === client.apis.includes(api)) continue;
      if (apis.includes(api)) await applications.subscribe(client.id, api);
      else await applications.unsubscribe(client.id, api);
    }
    client.apis = apis;
  }

  /** Checks that a response leads to an address of its client alone, and takes the code from it. */
  #show(tab: Tab, shown: Shown): void {
    tab.page = shown;
    expect([200, 303, 400, 403, 409]).toContain(shown.status);
    if (tab.user !== undefined && tab.sent !== undefined)
      expect(isSubset(scopesOn(shown), this.#possible(tab.user, tab.sent))).toBe(true);
    const form = /<form method="post" action="([^"]*)"/.exec(shown.text)?.[1];
    const address = shown.location ?? (form?.startsWith('/') === true ? undefined : form?.replaceAll('&amp;', '&'));
    if (address === undefined || tab.sent === undefined) return;
    const { client, redirectUri } = tab.sent;
    const base = address.split('?')[0] ?? '';
    expect(base).toBe(redirectUri);
    expect(client.redirectUris).toContain(base.replace('http://127.0.0.1:50123/', 'http://127.0.0.1/'));
    const code = /[?&]code=(sgc_[\w-]+)/.exec(address)?.[1] ?? /name="code" value="([^"]+)"/.exec(shown.text)?.[1];
    if (code === undefined) return;
    if (tab.user === undefined) throw new Error('a code was issued without a sign-in');
    this.#codes.push({ ...tab.sent, code, user: tab.user, tokens: [], isSpent: false });
  }

  /** The scopes that a user can have by a client: those of its APIs, without those that need another role. */
  #possible(user: number, { client }: Sent): ReadonlySet<string> {
    const scopes = client.apis.flatMap((api) => SCOPES_OF[api] ?? []);
    return new Set(scopes.filter((scope) => this.#isClerk[user] === true || !CLERK_SCOPES.has(scope)));
  }

  #allowedOf(user: number, { client, resources }: Sent): Set<string> {
    const key = JSON.stringify([user, client.id, resources.toSorted()]);
    const allowed = this.#allowed.get(key) ?? new Set<string>();
    this.#allowed.set(key, allowed);
    return allowed;
  }

  #tab(index: number): Tab {
    return this.#tabs[index] as Tab;
  }

  #client(index: number): FlowClient {
    return this.#clients[index] as FlowClient;
  }
}
