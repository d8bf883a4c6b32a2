import type { Client, GrantType } from '../directory/records';
import type { Parameters } from '../protocol/parameters';
import type { IssuedTokens } from '../tokens/issued-tokens';

/** A token request with a valid form, whose client has authenticated and may use the grant type. */
export interface TokenRequest {
  readonly client: Client;
  readonly parameters: Parameters;
  /** Address of the client: Express's `req.ip`. */
  readonly address: string;
}

/** Handles one grant type of RFC 6749 §1.3: turns a token request into tokens. */
export interface GrantHandler {
  readonly grantType: GrantType;
  /** Names of the required parameters. */
  readonly required: readonly string[];
  /** @throws OAuthError */
  handle(request: TokenRequest): Promise<IssuedTokens>;
}

/** Checks whether a client may use a grant type. An application that names none may use all that the gate offers. */
export const mayUse = ({ application: { grantTypes } }: Pick<Client, 'application'>, grantType: GrantType): boolean =>
  grantTypes === undefined || grantTypes.includes(grantType);
