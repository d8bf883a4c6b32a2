import type { Directory } from '../directory/directory';
import type { Client } from '../directory/records';
import type { Parameters } from '../protocol/parameters';
import type { Seconds } from '../protocol/time';
import type { ResourceOwners } from '../sign-in/resource-owners';
import type { Codes } from '../tokens/codes';
import type { IssuedTokens } from '../tokens/issued-tokens';
import type { TokenService } from '../tokens/token-service';
import type { ConsentReads } from './consented-scopes';
import type { RightsServices } from './requested-rights';

/** A token request that has the required parameters, and whose client has authenticated and may use the grant type. */
export interface TokenRequest {
  readonly client: Client;
  readonly parameters: Parameters;
  /** Address of the client: Express's `req.ip`. */
  readonly address: string;
}

/** Turns a token request of one grant type into tokens. @throws OAuthError */
export type GrantHandler = (request: TokenRequest) => Promise<IssuedTokens>;

/** The services that grant handlers are made from. */
export interface GrantServices extends RightsServices {
  readonly directory: Pick<Directory, 'isClientUnchanged' | 'findFreshEnabledClient'>;
  readonly owners: ResourceOwners;
  readonly tokens: TokenService;
  readonly codes: Codes;
  readonly consents: ConsentReads;
  readonly maxAccessTokenLifetime: Seconds;
}
