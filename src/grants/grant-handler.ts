import type { Client, GrantType } from '../directory/records';
import type { Parameters } from '../protocol/parameters';
import type { IssuedTokens } from '../tokens/issued-tokens';

/** A token request whose form is sound and whose client has authenticated and may use the grant type. */
export interface TokenRequest {
  readonly client: Client;
  readonly parameters: Parameters;
  /** Where the request came from, as Express tells it. */
  readonly address: string;
}

/** One grant type of RFC 6749 §1.3: from a token request to tokens. */
export interface GrantHandler {
  readonly grantType: GrantType;
  /** Parameters without which there is nothing to handle. */
  readonly required: readonly string[];
  /** @throws OAuthError */
  handle(request: TokenRequest): Promise<IssuedTokens>;
}

/** Checks whether a client may use a grant type. An application that names none may use all that the gate offers. */
export const mayUse = ({ application: { grantTypes } }: Pick<Client, 'application'>, grantType: GrantType): boolean =>
  grantTypes === undefined || grantTypes.includes(grantType);
