import type { Client } from '../directory/records';
import { OAuthError } from '../protocol/errors';
import { requireParameter, resourcesIn } from '../protocol/parameters';
import { isCodeVerifier } from '../protocol/pkce';
import { isRegisteredRedirect } from '../protocol/redirect-uris';
import type { Scope } from '../protocol/scope';
import type { ResourceOwner } from '../sign-in/resource-owners';
import type { CodeRecord } from '../tokens/code-store';
import { refusedCode } from '../tokens/refused-code';
import { refreshTokenFor } from './allowed-grants';
import { codeTarget, type CodeTarget } from './code-target';
import { findFreshConsented } from './consented-scopes';
import type { GrantHandler, GrantServices } from './grant-handler';

/** The user of a code, and the rights that its tokens get. */
interface CodeRights extends CodeTarget {
  readonly owner: ResourceOwner;
  readonly scopes: Scope;
}

const readVerifier = (verifier: string): string => {
  if (isCodeVerifier(verifier)) return verifier;
  throw new OAuthError('invalid_request', 'code_verifier must have 43 to 128 letters, digits and -._~ characters.');
};

/** The authorization code grant with PKCE, RFC 6749 §4.1.3 and RFC 7636 §4.5. */
export const authorizationCodeGrant = (services: GrantServices): GrantHandler => {
  const { codes, consents, directory, indicators, owners, policy, tokens } = services;

  /** Decides before the code is spent, so that a failure of the store or of a users function costs no new sign-in. */
  const decide = async (code: CodeRecord, client: Client, resource: string | undefined): Promise<CodeRights> => {
    const target = codeTarget(indicators, code, resource);
    if (!isRegisteredRedirect(code.redirectUri, client.application.redirectUris ?? [])) {
      throw refusedCode('the redirect URI is no longer registered');
    }
    const [owner, consented] = await Promise.all([
      owners.findFresh(code.subject, client, code.roles),
      findFreshConsented(consents, code, code.scopes),
    ]);
    if (owner === undefined) throw refusedCode('the user is gone, or the client may not serve the user');
    if (consented === 'withdrawn') throw refusedCode('the consent is withdrawn');
    return { ...target, owner, scopes: policy.forRoles(policy.forClient(consented, client), owner.roles) };
  };

  /** Checks the rights once the tokens are stored. */
  const isUnchanged = async (code: CodeRecord, client: Client, { owner, scopes }: CodeRights): Promise<boolean> => {
    const [isUserUnchanged, isClientUnchanged, consented] = await Promise.all([
      owner.isUserUnchanged(),
      directory.isClientUnchanged(client),
      findFreshConsented(consents, code, scopes),
    ]);
    return isUserUnchanged && isClientUnchanged && consented !== 'withdrawn' && consented.length === scopes.length;
  };

  return async ({ client, parameters }) => {
    const verifier = readVerifier(requireParameter(parameters, 'code_verifier'));
    const resource = indicators.readOne(resourcesIn(parameters))?.identifier;
    const { clientId, application } = client;
    const presented = {
      code: requireParameter(parameters, 'code'),
      client: { clientId, organization: application.organization },
      redirectUri: requireParameter(parameters, 'redirect_uri'),
      verifier,
    };
    const { code, decision } = await codes.redeem(presented, (pending) => decide(pending, client, resource));
    const { grantId, subject, organization, consent, environment } = code;
    let wasReused = false;
    const issued = await tokens.issue(
      {
        occasion: 'authorization_code',
        ...{ grantId, clientId, subject, organization, consent, environment },
        ...{ audience: decision.audience, resources: decision.resources, scopes: decision.scopes },
        subscriptions: policy.subscriptionsOf(client),
        refreshToken: refreshTokenFor(client),
      },
      async () => {
        const [state, isAllowed] = await Promise.all([codes.findFreshState(code), isUnchanged(code, client, decision)]);
        wasReused ||= state === 'reused';
        // Absent if its user, client or consent was ended meanwhile: the tokens are stored with later epochs.
        return isAllowed && state !== 'ended';
      },
    );
    // The response is sent all the same, as if the reuse had come a moment later: its tokens have ended.
    if (wasReused) await tokens.revokeGrant(code, 'reuse');
    return issued;
  };
};
