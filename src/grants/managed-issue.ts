import type { Directory } from '../directory/directory';
import type { Client } from '../directory/records';
import { readCall, rules } from '../directory/values';
import type { Checks } from '../protocol/checks';
import { DirectoryError, OAuthError } from '../protocol/errors';
import { printValue } from '../protocol/printed-value';
import { DEFAULT_SCOPE } from '../protocol/scope';
import type { ResourceOwner, ResourceOwners } from '../sign-in/resource-owners';
import type { IssuedTokens } from '../tokens/issued-tokens';
import type { TokenService } from '../tokens/token-service';
import { mayActFor, refreshTokenFor } from './allowed-grants';
import { decideRights, type RightsServices } from './requested-rights';

/** A request for tokens that are issued without a password. */
export interface ManagedIssue {
  readonly clientId: string;
  /** A user's full name, or the `id` that a `users` function returns; if omitted, the client itself. */
  readonly subject?: string;
  /** @default every scope of the resource; none without a resource */
  readonly scopes?: readonly string[];
  /** Identifier of the only resource that accepts the tokens, as in the metadata (RFC 8707). @default any */
  readonly resource?: string;
}

/** Like `ManagedIssue`, for a user who has signed in. */
export interface SignedInIssue extends ManagedIssue {
  /** The roles at sign-in; used if no source returns current ones. */
  readonly roles: readonly string[];
}

export interface ManagedIssueServices extends RightsServices {
  readonly directory: Directory;
  readonly owners: ResourceOwners;
  readonly tokens: TokenService;
}

const MAX_SCOPES = 1_000;

const anyString = rules.key;

const notFound = (what: string): DirectoryError => new DirectoryError('ERR_SCOPEGATE_NOT_FOUND', what);

const unauthorized = (): OAuthError => new OAuthError('unauthorized_client', 'The client may not use this grant type.');

const readRequest = (checks: Checks, value: unknown) => {
  const fields = checks.fields(value ?? null, [], ['clientId', 'subject', 'scopes', 'resource']);
  if (fields === undefined) return undefined;
  const clientId = checks.required(fields['clientId'], ['clientId'], anyString.pattern, 'a consumer key');
  const subject = checks.text(fields['subject'], ['subject'], anyString.pattern, anyString.text);
  const scopes = checks
    .list(fields['scopes'], ['scopes'], MAX_SCOPES)
    ?.map((scope, index) => checks.required(scope, ['scopes', index], anyString.pattern, 'the name of a scope'));
  const resource = checks.text(fields['resource'], ['resource'], anyString.pattern, 'the identifier of a resource');
  if (clientId === undefined) return undefined;
  return { clientId, subject, scopes: scopes?.filter((scope) => scope !== undefined), resource };
};

const requireClient = async (directory: Directory, clientId: string): Promise<Client> => {
  const client = await directory.findFreshEnabledClient({ clientId });
  if (client !== undefined) return client;
  throw notFound(`there is no enabled application with the consumer key ${printValue(clientId)}`);
};

const requireOwner = async (
  owners: ResourceOwners,
  subject: string,
  client: Client,
  lastRoles: readonly string[] | undefined,
): Promise<ResourceOwner> => {
  const owner = await owners.findFresh(subject, client, lastRoles);
  if (owner === undefined) throw notFound('the user does not exist, or this application may not serve the user');
  return owner;
};

/**
 * Returns the function that issues tokens without a password. `lastRoles` are used if no source returns current ones.
 */
export const createManagedIssue = (services: ManagedIssueServices) => {
  const { directory, owners, policy, tokens } = services;
  return async (request: ManagedIssue, lastRoles?: readonly string[]): Promise<IssuedTokens> => {
    const { clientId, subject, scopes, resource } = readCall((checks) => readRequest(checks, request));
    const client = await requireClient(directory, clientId);
    if (!mayActFor(client, subject === undefined ? 'client' : 'user')) throw unauthorized();
    const owner = subject === undefined ? undefined : await requireOwner(owners, subject, client, lastRoles);
    const { offered, ...target } = decideRights(services, client, {
      resources: resource === undefined ? [] : [resource],
      scope: scopes && [...new Set(scopes)].filter((scope) => scope !== DEFAULT_SCOPE),
    });
    const { organization } = owner ?? client.application;
    return tokens.issue(
      {
        occasion: 'management',
        clientId: client.clientId,
        ...(owner === undefined ? {} : { subject: owner.subject }),
        ...(organization === undefined ? {} : { organization }),
        environment: client.environment,
        ...target,
        scopes: owner === undefined ? offered.forClientItself() : offered.forUser(owner.roles),
        subscriptions: policy.subscriptionsOf(client),
        refreshToken: owner === undefined ? 'none' : refreshTokenFor(client),
      },
      async () => {
        const unchanged = await Promise.all([owner?.isUserUnchanged() ?? true, directory.isClientUnchanged(client)]);
        return unchanged.every(Boolean);
      },
    );
  };
};
