import type { Client } from '../directory/records';
import type { RoleRecheck } from '../access/role-recheck';
import { OAuthError } from '../protocol/errors';
import { requireParameter } from '../protocol/parameters';
import { printScope, type Scope } from '../protocol/scope';
import type { EpochSeconds } from '../protocol/time';
import type { ClientAuthentication } from '../sign-in/client-authenticator';
import type { Throttle } from '../throttle/throttle';
import { isOfClient, type Grant } from '../tokens/records';
import type { TokenService } from '../tokens/token-service';
import type { FormHandler } from './endpoint';

export interface IntrospectionServices {
  readonly clients: ClientAuthentication;
  readonly tokens: Pick<TokenService, 'findFresh' | 'findFreshRefreshToken'>;
  readonly roles: RoleRecheck;
  readonly throttle: Throttle;
  readonly issuer: string;
  /** `directory` if the subject of a token is also the user name. */
  readonly userSource: 'directory' | 'function';
}

interface DescribedToken {
  readonly grant: Grant;
  readonly scopes: Scope;
  readonly expiresAt: EpochSeconds;
  /** Additional members of the response for an access token. */
  readonly access?: { readonly issuedAt: EpochSeconds; readonly audience: string | undefined };
}

const isOwn = ({ clientId, application: { organization } }: Client, grant: Grant): boolean =>
  isOfClient(grant, { clientId, organization });

/** Checks whether a client may see an access token: its own, or those of its organization if it may introspect. */
const mayIntrospect = (client: Client, grant: Grant): boolean =>
  isOwn(client, grant) || (client.application.introspect && grant.organization === client.application.organization);

/** Prints the response for an active token (RFC 7662 §2.2). */
const printActive = (
  { grant, scopes, expiresAt, access }: DescribedToken,
  { issuer, userSource }: Pick<IntrospectionServices, 'issuer' | 'userSource'>,
): string => {
  const { clientId, subject, organization } = grant;
  return JSON.stringify({
    active: true,
    scope: printScope(scopes),
    client_id: clientId,
    ...(subject === undefined ? {} : { sub: subject }),
    ...(subject === undefined || userSource === 'function' ? {} : { username: subject }),
    ...(organization === undefined ? {} : { organization }),
    ...(access?.audience === undefined ? {} : { aud: access.audience }),
    ...(access === undefined ? {} : { token_type: 'Bearer', iat: Math.floor(access.issuedAt) }),
    exp: Math.floor(expiresAt),
    iss: issuer,
  });
};

const isPublicClient = (): OAuthError =>
  new OAuthError('invalid_client', 'A public client cannot introspect tokens: this endpoint requires a client secret.');

/** Token introspection, RFC 7662. A token that the caller may not see is inactive, like one that is unknown (§2.2). */
export const introspectionEndpoint = (services: IntrospectionServices): FormHandler => {
  const { clients, tokens, roles, throttle } = services;

  const describe = async (token: string, client: Client): Promise<DescribedToken | undefined> => {
    const record = await tokens.findFresh(token);
    if (record !== undefined) {
      const scopes = mayIntrospect(client, record) ? await roles.findFreshScopes(record) : 'gone';
      const { issuedAt, expiresAt, audience } = record;
      return scopes === 'gone' ? undefined : { grant: record, scopes, expiresAt, access: { issuedAt, audience } };
    }
    const state = await tokens.findFreshRefreshToken(token);
    // A resource server must never accept a refresh token as an access token: it is active for its own client only.
    return state !== undefined && isOwn(client, state)
      ? { grant: state, scopes: state.scopes, expiresAt: state.expiresAt }
      : undefined;
  };

  return async (request) => {
    const client = await clients.authenticate(request);
    if (client.application.isPublic === true) throw isPublicClient(); // RFC 7662 §2.1: against scans for tokens
    const described = await describe(requireParameter(request.parameters, 'token'), client);
    if (described !== undefined) return { status: 200, json: printActive(described, services) };
    // A live token is described whatever this counts, so invalid tokens sent to a resource server cannot block it.
    await throttle.countUnknownToken(client.clientId, request.address);
    return { status: 200, json: JSON.stringify({ active: false }) };
  };
};
