import type { Directory } from '../directory/directory';
import type { Client } from '../directory/records';
import type { ResourceOwner, ResourceOwners } from '../sign-in/resource-owners';
import { readCall, rules } from '../directory/values';
import type { Checks } from '../protocol/checks';
import { DirectoryError, OAuthError } from '../protocol/errors';
import { printValue } from '../protocol/printed-value';
import { DEFAULT_SCOPE } from '../protocol/scope';
import { isGrantId } from '../protocol/secrets';
import type { IssuedTokens } from '../tokens/issued-tokens';
import type { GrantInfo } from '../tokens/live-grants';
import type { TokenService } from '../tokens/token-service';
import { mayActFor, refreshTokenFor } from './allowed-grants';
import type { ScopePolicy } from '../access/scope-policy';

/** An order for tokens that are issued without a password. */
export interface ManagedIssue {
  readonly clientId: string;
  /** A user's full name, or the `id` that a `users` function returns; if omitted, the client itself. */
  readonly subject?: string;
  readonly scopes?: readonly string[];
}

/** Like `ManagedIssue`, for a user who has signed in. */
export interface SignedInIssue extends ManagedIssue {
  /** The roles at sign-in; used if no source returns current ones. */
  readonly roles: readonly string[];
}

/** Selects grants by owner. `user` is a full name, or the `id` that a `users` function returns. */
export type TokenOwner =
  { readonly user: string; readonly clientId?: never } | { readonly clientId: string; readonly user?: never };

/** Management of tokens. Each call may reject with StoreUnavailableError. */
export interface ManagedTokens {
  /**
   * Issues tokens by the rules of the token endpoint, but without a password: the caller has verified who the user is.
   * @throws DirectoryError `ERR_SCOPEGATE_NOT_FOUND` for a client or a user that is unknown or disabled, or a user whom
   *   the application may not serve
   * @throws OAuthError `unauthorized_client` if the client may use no grant type that acts for a user (`password`), or
   *   none that acts for itself (`client_credentials`); `invalid_scope` with `ungrantedScopes: 'reject'`; `temporarily_unavailable` if the user or the client
   *   was changed during the call, or a `users` function fails
   */
  issue(order: ManagedIssue): Promise<IssuedTokens>;
  /** Yields the grants with live tokens. Concurrent changes may or may not be included. */
  find(owner: TokenOwner): AsyncIterable<GrantInfo>;
  /**
   * Ends the grant of a token (either token of it), one grant, or all grants of a user or a client. It is not an error
   * if nothing is found.
   * @throws DirectoryError `ERR_SCOPEGATE_VALUE` unless it is exactly one of these, as a string
   */
  revoke(what: { readonly token: string } | { readonly grantId: string } | TokenOwner): Promise<void>;
}

export interface ManagedTokenServices {
  readonly directory: Directory;
  readonly owners: ResourceOwners;
  readonly policy: ScopePolicy;
  readonly tokens: TokenService;
  /** Returns the subject of a user's tokens. */
  readonly subjectOf: (user: string) => Promise<string>;
}

const notFound = (what: string): DirectoryError => new DirectoryError('ERR_SCOPEGATE_NOT_FOUND', what);

const unauthorized = (): OAuthError => new OAuthError('unauthorized_client', 'The client may not use this grant type.');

const MAX_SCOPES = 1_000;

/** Reads an object that has exactly one of the given names, and its string. */
const readNamed = <N extends string>(
  value: unknown,
  names: readonly N[],
): { readonly name: N; readonly text: string } =>
  readCall((checks) => {
    const fields = checks.fields(value ?? null, [], names);
    if (fields === undefined) return undefined;
    const given = names.filter((candidate) => fields[candidate] !== undefined);
    const [name] = given;
    if (name === undefined || given.length > 1) return checks.fault([], `give exactly one of ${names.join(', ')}`);
    const rule = name === 'token' ? rules.token : rules.key;
    const text = checks.text(fields[name], [name], rule.pattern, rule.text);
    return text === undefined ? undefined : { name, text };
  });

/** Management of tokens as the gate itself uses it. */
export interface OwnManagedTokens extends ManagedTokens {
  /** Like `issue`, for a user who has signed in. */
  issueSignedIn(order: SignedInIssue): Promise<IssuedTokens>;
}

export const createManagedTokens = (services: ManagedTokenServices): OwnManagedTokens => {
  const { directory, owners, policy, tokens, subjectOf } = services;

  const anyText = rules.key;

  const readOrder = (checks: Checks, value: unknown) => {
    const fields = checks.fields(value ?? null, [], ['clientId', 'subject', 'scopes']);
    if (fields === undefined) return undefined;
    const clientId = checks.required(fields['clientId'], ['clientId'], anyText.pattern, 'a consumer key');
    const subject = checks.text(fields['subject'], ['subject'], anyText.pattern, anyText.text);
    const scopes = checks
      .list(fields['scopes'], ['scopes'], MAX_SCOPES)
      ?.map((scope, index) => checks.required(scope, ['scopes', index], anyText.pattern, 'the name of a scope'));
    return clientId === undefined
      ? undefined
      : { clientId, subject, scopes: (scopes ?? []).filter((scope) => scope !== undefined) };
  };

  const findClient = async (clientId: string): Promise<Client> => {
    const client = await directory.findFreshEnabledClient({ clientId });
    if (client !== undefined) return client;
    throw notFound(`there is no enabled application with the consumer key ${printValue(clientId)}`);
  };

  const findOwner = async (
    subject: string,
    client: Client,
    lastRoles: readonly string[] | undefined,
  ): Promise<ResourceOwner> => {
    const owner = await owners.find(subject, client, lastRoles);
    if (owner === undefined) throw notFound('there is no such user whom this application may serve');
    return owner;
  };

  /** Reads the owner. Checked, because a missing name would select the grants that have none. */
  const ownerOf = async (given: unknown) => {
    const { name, text } = readNamed(given, ['user', 'clientId']);
    return name === 'user' ? { subject: await subjectOf(text) } : { clientId: text };
  };

  const issueTo = async (order: ManagedIssue, lastRoles?: readonly string[]): Promise<IssuedTokens> => {
    const { clientId, subject, scopes } = readCall((checks) => readOrder(checks, order));
    const client = await findClient(clientId);
    if (!mayActFor(client, subject === undefined ? 'client' : 'user')) throw unauthorized();
    const owner = subject === undefined ? undefined : await findOwner(subject, client, lastRoles);
    const asked = [...new Set(scopes)].filter((scope) => scope !== DEFAULT_SCOPE);
    const forClient = policy.forClient(asked, client);
    const granted =
      owner === undefined ? policy.forClientItself(forClient, client) : policy.forRoles(forClient, owner.roles);
    const { organization } = owner ?? client.application;
    return tokens.issue(
      {
        occasion: 'management',
        clientId: client.clientId,
        ...(owner === undefined ? {} : { subject: owner.subject }),
        ...(organization === undefined ? {} : { organization }),
        environment: client.environment,
        scopes: policy.settle(asked, granted),
        subscriptions: policy.subscriptionsOf(client),
        refreshToken: owner === undefined ? 'none' : refreshTokenFor(client),
      },
      async () => {
        const held = await Promise.all([owner?.stillHolds() ?? true, directory.stillHolds(client)]);
        return held.every(Boolean);
      },
    );
  };

  async function* find(owner: TokenOwner): AsyncGenerator<GrantInfo> {
    yield* tokens.list(await ownerOf(owner));
  }

  return {
    issue: (order) => issueTo(order),
    issueSignedIn: ({ roles, ...order }) => issueTo(order, roles),
    find,
    revoke: async (what) => {
      // A mistyped call must not look as if it had revoked something.
      const { name, text } = readNamed(what, ['token', 'grantId', 'user', 'clientId']);
      if (name === 'grantId') {
        if (isGrantId(text)) await tokens.revokeGrant(text, 'management');
        return;
      }
      if (name !== 'token') return tokens.revokeAll(await ownerOf({ [name]: text }), 'management');
      const grant = await tokens.grantOf(text);
      if (grant === undefined) return tokens.invalidate(text);
      await tokens.revokeGrant(grant, 'management');
    },
  };
};
