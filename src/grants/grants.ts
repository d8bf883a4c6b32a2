import type { GrantType } from '../protocol/grant-types';
import { authorizationCodeGrant } from './authorization-code';
import { clientCredentialsGrant } from './client-credentials';
import type { GrantHandler, GrantServices } from './grant-handler';
import { passwordGrant } from './password';
import { refreshTokenGrant } from './refresh-token';

/** The handler of each grant type. */
export type Grants = Readonly<Record<GrantType, GrantHandler>>;

export const createGrants = (services: GrantServices): Grants => ({
  password: passwordGrant(services),
  authorization_code: authorizationCodeGrant(services),
  refresh_token: refreshTokenGrant(services),
  client_credentials: clientCredentialsGrant(services),
});
