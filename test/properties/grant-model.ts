/** Seconds, and how they are given to a gate. */
export interface ModelLifetimes {
  readonly accessTokenLifetime: number;
  readonly refreshTokenLifetime: number;
  readonly grantLifetime: number;
  readonly refreshGrace: number;
}

/** The clients: two applications, and a third that may introspect the tokens of its organization. */
export type ModelClient = 'first' | 'second' | 'inspector';

/** The operations. `pick` counts back through all tokens that were ever issued. */
export type Operation =
  | { readonly do: 'signIn'; readonly client: 'first' | 'second'; readonly scopes: readonly string[] }
  | { readonly do: 'askForItself'; readonly client: 'first' | 'second'; readonly period: number }
  | {
      readonly do: 'refresh';
      readonly pick: number;
      readonly as: ModelClient | 'owner';
      readonly scopes: readonly string[];
    }
  | { readonly do: 'revoke'; readonly pick: number; readonly as: ModelClient | 'owner' }
  | { readonly do: 'use'; readonly pick: number; readonly at: 'read' | 'update' }
  | { readonly do: 'introspect'; readonly pick: number; readonly as: ModelClient | 'owner' }
  | { readonly do: 'wait'; readonly seconds: number };

/** A token that was issued. Its index in the model's list represents its text. */
export interface ModelToken {
  readonly kind: 'access' | 'refresh';
  readonly grant: ModelGrant;
  readonly scopes: readonly string[];
  expiresAt: number;
}

interface Pair {
  readonly access: ModelToken;
  readonly refresh?: ModelToken;
}

interface ModelGrant {
  readonly client: ModelClient;
  readonly expiresAt: number;
  readonly scopes: readonly string[];
  isEnded: boolean;
  /** The pair of the last answer. */
  pair?: Pair;
  /** The access token before, and the refresh token that brought the last pair. */
  earlier?: ModelToken | undefined;
  /** True if it was live when it was replaced. */
  isEarlierKept: boolean;
  spent?: { readonly token: ModelToken; readonly until: number; readonly asked: string };
}

/** How a request must be answered. */
export interface Expected {
  readonly status: number;
  /** Members that the JSON must have; the whole of it if it contains `active`. */
  readonly json?: Readonly<Record<string, unknown>>;
  /** The tokens in it: new ones, or those that were answered before. */
  readonly pair?: Pair;
}

const INVALID_GRANT: Expected = { status: 400, json: { error: 'invalid_grant' } };
const INACTIVE: Expected = { status: 200, json: { active: false } };
const ORDER = ['read', 'update'];

const askedText = (asked: readonly string[]): string => ORDER.filter((scope) => asked.includes(scope)).join(' ');

const printed = (scopes: readonly string[]): string => scopes.join(' ') || 'default';

/** All tokens, and which of them are live: a gate without stores, texts or HTTP. */
export class GrantModel {
  readonly tokens: ModelToken[] = [];
  readonly #lifetimes: ModelLifetimes;
  readonly #now: () => number;

  constructor(lifetimes: ModelLifetimes, now: () => number) {
    this.#lifetimes = lifetimes;
    this.#now = now;
  }

  pick(number: number): ModelToken | undefined {
    return this.tokens[this.tokens.length - 1 - (number % Math.max(1, this.tokens.length))];
  }

  isLive(token: ModelToken): boolean {
    const { isEnded, pair, earlier } = token.grant;
    const isHeld = pair?.access === token || earlier === token || pair?.refresh === token;
    return isHeld && !isEnded && token.expiresAt > this.#now();
  }

  signIn(client: ModelClient, scopes: readonly string[]): Expected {
    return this.#answer(
      this.#newGrant(client, scopes),
      scopes,
      this.#lifetimes.accessTokenLifetime,
      'with refresh token',
    );
  }

  askForItself(client: ModelClient, period: number): Expected {
    return this.#answer(this.#newGrant(client, ['read']), ['read'], period, 'alone');
  }

  refresh(token: ModelToken, client: ModelClient, asked: readonly string[]): Expected {
    const { grant } = token;
    const live = grant.pair?.refresh;
    if (token.kind !== 'refresh' || live === undefined || !this.isLive(live) || grant.client !== client) {
      return INVALID_GRANT;
    }
    if (token !== live) return this.#refreshSpent(token, asked);
    if (!asked.every((scope) => grant.scopes.includes(scope))) return { status: 400, json: { error: 'invalid_scope' } };
    const { refreshGrace, accessTokenLifetime } = this.#lifetimes;
    const until = this.#now() + refreshGrace;
    const before = grant.pair?.access;
    grant.earlier = before;
    grant.isEarlierKept = before !== undefined && this.isLive(before);
    if (before !== undefined) before.expiresAt = Math.min(before.expiresAt, until);
    grant.spent = { token, until: Math.min(until, live.expiresAt), asked: askedText(asked) };
    const scopes = asked.length === 0 ? grant.scopes : grant.scopes.filter((scope) => asked.includes(scope));
    return this.#answer(grant, scopes, accessTokenLifetime, 'with refresh token');
  }

  /** `undefined` if a store may or may not have deleted the token: how long it keeps expired ones is up to it. */
  revoke(token: ModelToken, client: ModelClient): Expected | undefined {
    const { grant, kind } = token;
    const { pair, earlier, isEarlierKept } = grant;
    const held = kind === 'refresh' ? pair?.refresh : pair?.access;
    const isForgotten = kind === 'access' && token !== held && token !== earlier;
    if (grant.isEnded || isForgotten || held === undefined) return { status: 200 };
    if (!this.isLive(held) || (token === earlier && !isEarlierKept)) return undefined;
    if (grant.client !== client) return { status: 400, json: { error: 'unauthorized_client' } };
    grant.isEnded = true;
    return { status: 200 };
  }

  use(token: ModelToken, scope: string): Expected {
    if (token.kind === 'refresh' || !this.isLive(token)) return { status: 401, json: { error: 'invalid_token' } };
    return token.scopes.includes(scope) ? { status: 200 } : { status: 403, json: { error: 'insufficient_scope' } };
  }

  introspect(token: ModelToken, client: ModelClient): Expected {
    const { grant, kind, expiresAt } = token;
    const maySee = grant.client === client || (client === 'inspector' && kind === 'access');
    if (!this.isLive(token) || !maySee) return INACTIVE;
    const scopes = kind === 'refresh' ? grant.scopes : token.scopes;
    const type = kind === 'access' ? { token_type: 'Bearer' } : {};
    return {
      status: 200,
      json: { active: true, scope: printed(scopes), exp: Math.floor(expiresAt), ...type },
    };
  }

  #newGrant(client: ModelClient, scopes: readonly string[]): ModelGrant {
    const expiresAt = this.#now() + this.#lifetimes.grantLifetime;
    return {
      client,
      expiresAt,
      scopes: ORDER.filter((scope) => scopes.includes(scope)),
      isEnded: false,
      isEarlierKept: false,
    };
  }

  #refreshSpent(token: ModelToken, asked: readonly string[]): Expected {
    const { grant } = token;
    const { spent, pair } = grant;
    if (spent?.token === token && this.#now() < spent.until && pair !== undefined) {
      if (askedText(asked) !== spent.asked) return INVALID_GRANT; // not a repeat, and no reason to end the grant
      return { status: 200, json: { scope: printed(pair.access.scopes) }, pair };
    }
    grant.isEnded = true;
    return INVALID_GRANT;
  }

  #answer(
    grant: ModelGrant,
    scopes: readonly string[],
    lifetime: number,
    refreshing: 'with refresh token' | 'alone',
  ): Expected {
    const now = this.#now();
    const left = Math.min(lifetime, grant.expiresAt - now);
    const refreshExpiresAt = Math.min(now + this.#lifetimes.refreshTokenLifetime, grant.expiresAt);
    const access: ModelToken = { kind: 'access', grant, scopes, expiresAt: now + left };
    const refresh: ModelToken = { kind: 'refresh', grant, scopes: grant.scopes, expiresAt: refreshExpiresAt };
    const pair = refreshing === 'alone' ? { access } : { access, refresh };
    grant.pair = pair;
    this.tokens.push(...Object.values(pair));
    const json = { token_type: 'Bearer', scope: printed(scopes), expires_in: Math.floor(left + 0.001) };
    return { status: 200, json, pair };
  }
}
