import type { Directory } from '../directory/directory';
import type { Client } from '../directory/records';
import type { ResourceOwner, ResourceOwners } from '../directory/resource-owners';
import { refuseValue } from '../directory/values';
import { DirectoryError, OAuthError } from '../protocol/errors';
import { DEFAULT_SCOPE } from '../protocol/scope';
import { isGrantId } from '../protocol/secrets';
import type { IssuedTokens } from '../tokens/issued-tokens';
import type { GrantInfo } from '../tokens/live-grants';
import type { TokenService } from '../tokens/token-service';
import { mayUse } from './grant-handler';
import type { ScopePolicy } from './scope-policy';

/** For whom tokens are issued without a password. */
export interface ManagedIssue {
  readonly clientId: string;
  /** A user's full name, or the `id` that a `users` function answers; left out: the client itself. */
  readonly subject?: string;
  readonly scopes?: readonly string[];
}

/** As `ManagedIssue`, for a user who has signed in. */
export interface SignedInIssue extends ManagedIssue {
  /** As of the sign-in; believed where nobody can be asked for present ones. */
  readonly roles: readonly string[];
}

/** Whose grants. `user` is a full name, or the `id` that a `users` function answers. */
export type TokenOwner =
  { readonly user: string; readonly clientId?: never } | { readonly clientId: string; readonly user?: never };

/** Management of tokens. Each call may reject with StoreUnavailableError. */
export interface ManagedTokens {
  /**
   * Issues tokens by the token endpoint's rules, except that nobody is asked for a password: the caller has made sure
   * who the user is.
   * @throws DirectoryError `ERR_SCOPEGATE_NOT_FOUND` for a client or a user that is unknown or disabled, or a user whom
   *   the application may not serve
   * @throws OAuthError `unauthorized_client` where the client may use neither `password` nor, for itself,
   *   `client_credentials`; `invalid_scope` with `ungrantedScopes: 'reject'`; `temporarily_unavailable` when user or client
   *   was changed meanwhile, or a `users` function fails
   */
  issue(order: ManagedIssue): Promise<IssuedTokens>;
  /** Grants with live tokens. What changes while they are listed may be in or out. */
  find(owner: TokenOwner): AsyncIterable<GrantInfo>;
  /**
   * Ends the grant of a token (either token of it), one grant, or all grants of a user or a client. What is not there is
   * no error.
   * @throws DirectoryError `ERR_SCOPEGATE_VALUE` for anything but the text of one of these
   */
  revoke(what: { readonly token: string } | { readonly grantId: string } | TokenOwner): Promise<void>;
}

export interface ManagedTokenServices {
  readonly directory: Directory;
  readonly owners: ResourceOwners;
  readonly policy: ScopePolicy;
  readonly tokens: TokenService;
  /** The subject of a user's tokens. */
  readonly subjectOf: (user: string) => Promise<string>;
}

const notFound = (what: string): DirectoryError => new DirectoryError('ERR_SCOPEGATE_NOT_FOUND', what);

const unauthorized = (): OAuthError => new OAuthError('unauthorized_client', 'The client may not use this grant type.');

const REVOCABLE: ReadonlySet<string> = new Set(['token', 'grantId', 'user', 'clientId']);

/** Management as the gate itself uses it. */
export interface OwnManagedTokens extends ManagedTokens {
  /** As `issue`, for a user who has signed in. */
  issueSignedIn(order: SignedInIssue): Promise<IssuedTokens>;
}

export const createManagedTokens = (services: ManagedTokenServices): OwnManagedTokens => {
  const { directory, owners, policy, tokens, subjectOf } = services;

  const findClient = async (clientId: string): Promise<Client> => {
    const client = await directory.findPresent({ clientId });
    if (client !== undefined) return client;
    throw notFound(`there is no consumer key "${clientId}" that is enabled`);
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

  /** Checked, because a name that is missing would be taken for the grants that have none. */
  const ownerOf = async ({ user, clientId }: TokenOwner) => {
    if (typeof user === 'string' && clientId === undefined) return { subject: await subjectOf(user) };
    if (typeof clientId === 'string' && user === undefined) return { clientId };
    return refuseValue('give the name of a user, or a clientId');
  };

  const issueTo = async (
    { clientId, subject, scopes = [] }: ManagedIssue,
    lastRoles?: readonly string[],
  ): Promise<IssuedTokens> => {
    const client = await findClient(clientId);
    if (!mayUse(client, subject === undefined ? 'client_credentials' : 'password')) throw unauthorized();
    const owner = subject === undefined ? undefined : await findOwner(subject, client, lastRoles);
    const asked = [...new Set(scopes)].filter((scope) => scope !== DEFAULT_SCOPE);
    const forClient = policy.forClient(asked, client);
    const granted = owner === undefined ? policy.forNobody(forClient, client) : policy.forRoles(forClient, owner.roles);
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
        refreshToken: owner !== undefined && mayUse(client, 'refresh_token') ? 'issue' : 'none',
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
      // Whoever mistypes must not hear that something was revoked.
      const given = Object.entries(what);
      if (given.length !== 1 || !given.every(([name, text]) => REVOCABLE.has(name) && typeof text === 'string')) {
        return refuseValue('give one of token, grantId, user and clientId, and its text');
      }
      if ('grantId' in what) {
        if (isGrantId(what.grantId)) await tokens.revokeGrant(what.grantId, 'management');
        return;
      }
      if (!('token' in what)) return tokens.revokeAll(await ownerOf(what), 'management');
      const grant = await tokens.grantOf(what.token);
      if (grant !== undefined) await tokens.revokeGrant(grant, 'management');
    },
  };
};
