import { DirectoryError, OAuthError } from '../../protocol/errors';
import { printScope } from '../../protocol/scope';
import type { IssuedTokens } from '../../tokens/issued-tokens';
import type { TokenFor } from './not-granted';
import type { OwnClient } from '../application/own-applications';
import type { PageServices } from '../page-services';
import { actorOf, type UserVisit } from '../visit';

/** A token that a user orders for a client of their own. */
export interface TokenOrder {
  readonly client: OwnClient;
  readonly tokenFor: TokenFor;
  readonly scopes: readonly string[];
}

/** Returns why no token can be generated for a client, or `undefined`. */
export const whyNoToken = (
  { texts }: UserVisit,
  { application }: OwnClient,
  kind: TokenFor['kind'],
): string | undefined => {
  const { name, enabled, isDeclared, public: isPublic } = application;
  const { issuedTokens } = texts;
  if (!enabled) return issuedTokens.isDisabled(name);
  if (kind === 'user') return undefined;
  if (isPublic) return issuedTokens.isPublic(name);
  return isDeclared ? issuedTokens.isDeclared(name) : undefined;
};

/** Returns the message of an error that the user can act on, or `undefined`. */
export const refusalOf = ({ texts }: UserVisit, error: unknown): string | undefined => {
  if (error instanceof OAuthError && [400, 429].includes(error.status)) return error.message;
  const isGone = error instanceof DirectoryError && error.code === 'ERR_SCOPEGATE_NOT_FOUND';
  return isGone ? texts.issuedTokens.isGone : undefined;
};

/** Issues a token, and records that in the audit. Rejects like `gate.tokens.issue`. */
export const issueToken = async (
  { user }: UserVisit,
  { client: { clientId, application }, tokenFor, scopes }: TokenOrder,
  { tokens, audit }: PageServices,
): Promise<IssuedTokens> => {
  const issued =
    tokenFor.kind === 'client'
      ? await tokens.issue({ clientId, scopes })
      : await tokens.issueSignedIn({ clientId, subject: user.subject, scopes, roles: user.roles });
  const facts = { target: application.name, clientId, detail: printScope(issued.scopes) };
  audit.note({ action: 'generate_token', ...actorOf(user), ...facts });
  return issued;
};
