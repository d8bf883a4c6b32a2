import { OAuthError } from '../protocol/errors';
import { isCodeVerifier } from '../protocol/pkce';
import { requireParameter } from '../protocol/parameters';
import { refreshTokenFor } from './allowed-grants';
import type { GrantHandler, GrantServices } from './grant-handler';

/** The authorization code grant with PKCE, RFC 6749 §4.1.3 and RFC 7636 §4.5. */
export const authorizationCodeGrant =
  ({ codes, directory, owners, policy, tokens }: GrantServices): GrantHandler =>
  async ({ client, parameters }) => {
    const verifier = requireParameter(parameters, 'code_verifier');
    if (!isCodeVerifier(verifier)) {
      throw new OAuthError('invalid_request', 'code_verifier must have 43 to 128 letters, digits and -._~ characters.');
    }
    const code = await codes.redeem({
      code: requireParameter(parameters, 'code'),
      client: { clientId: client.clientId, organization: client.application.organization },
      redirectUri: requireParameter(parameters, 'redirect_uri'),
      verifier,
    });
    const { grantId, subject, organization, consent, environment, roles } = code;
    const owner = await owners.findFresh(subject, client, roles);
    if (owner === undefined) throw new OAuthError('invalid_grant', 'The user may no longer use this application.');
    const issued = await tokens.issue(
      {
        occasion: 'authorization_code',
        grantId,
        clientId: client.clientId,
        subject,
        organization,
        consent,
        environment,
        scopes: policy.forRoles(policy.forClient(code.scopes, client), owner.roles),
        subscriptions: policy.subscriptionsOf(client),
        refreshToken: refreshTokenFor(client),
      },
      async () => {
        const unchanged = await Promise.all([owner.isUserUnchanged(), directory.isClientUnchanged(client)]);
        return unchanged.every(Boolean);
      },
    );
    // The response is sent all the same, as if the reuse had come a moment later: its tokens have ended.
    if (await codes.wasReused(code)) await tokens.revokeGrant(code, 'reuse');
    return issued;
  };
