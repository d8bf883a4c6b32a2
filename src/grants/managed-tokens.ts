import { endGrantsAndSessions } from '../directory/user-changes';
import { normalKey } from '../directory/usernames';
import { readCall, refuseValue } from '../directory/values';
import { isGrantId } from '../protocol/secrets';
import type { Sessions } from '../sessions/sessions';
import type { IssuedTokens } from '../tokens/issued-tokens';
import type { GrantInfo } from '../tokens/live-grants';
import { createManagedIssue, type ManagedIssue, type ManagedIssueServices, type SignedInIssue } from './managed-issue';
import { readExactlyOne, type GrantsToRevoke, type TokenOwner, type UserToRevoke } from './token-owner';

/** Management of tokens. Each call may reject with StoreUnavailableError. */
export interface ManagedTokens {
  /**
   * Issues tokens by the rules of the token endpoint, but without a password: the caller has verified who the user is.
   * @throws DirectoryError `ERR_SCOPEGATE_NOT_FOUND` for a client or a user that is unknown or disabled, or a user whom
   *   the application may not serve
   * @throws OAuthError `unauthorized_client` if the client may use no grant type that acts for a user (`password`), or
   *   none that acts for itself (`client_credentials`); `invalid_target` for a resource that is not in the metadata;
   *   `invalid_scope` with `ungrantedScopes: 'reject'`; `temporarily_unavailable` if the user or the client was changed
   *   during the call, or a `users` function fails
   */
  issue(order: ManagedIssue): Promise<IssuedTokens>;
  /** Yields the grants with live tokens. Concurrent changes may or may not be included. */
  find(owner: TokenOwner): AsyncIterable<GrantInfo>;
  /**
   * Ends the grant of a token (either token of it), one grant, or all grants of a user, a client or an organization, in
   * one step, however many there are. With `{ user, sessions: true }` it also ends the user's sessions at the portal;
   * both are attempted, even if one fails. It is not an error if nothing is found.
   * @throws DirectoryError `ERR_SCOPEGATE_VALUE` unless it is exactly one of these, as a string
   */
  revoke(what: GrantsToRevoke | UserToRevoke): Promise<void>;
}

export interface ManagedTokenServices extends ManagedIssueServices {
  readonly sessions: Sessions;
  /** Returns the subject of a user's tokens. */
  readonly subjectOf: (user: string) => Promise<string>;
}

/** Management of tokens as the gate itself uses it. */
export interface OwnManagedTokens extends ManagedTokens {
  /** Like `issue`, for a user who has signed in. */
  issueSignedIn(order: SignedInIssue): Promise<IssuedTokens>;
}

const REVOCABLE = ['token', 'grantId', 'user', 'clientId', 'organization'] as const;

/** Reads what is to be revoked. Strict, because a mistyped call must not look as if it had revoked something. */
const readRevocation = (what: unknown) => {
  const { sessions = false, ...selection } = readCall((checks) => {
    const fields = checks.fields(what ?? null, [], [...REVOCABLE, 'sessions']);
    return fields && { ...fields, sessions: checks.flag(fields['sessions'], ['sessions']) };
  });
  const selected = readExactlyOne(selection, REVOCABLE);
  if (sessions && selected.name !== 'user') refuseValue('sessions can be given with user only');
  return { ...selected, sessions };
};

export const createManagedTokens = (services: ManagedTokenServices): OwnManagedTokens => {
  const { tokens, subjectOf } = services;
  const issueTo = createManagedIssue(services);

  /** Reads the owner. Checked, because a missing name would select the grants that have none. */
  const ownerOf = async (given: unknown) => {
    const { name, text } = readExactlyOne(given, ['user', 'clientId']);
    return name === 'user' ? { subject: await subjectOf(text) } : { clientId: text };
  };

  async function* find(owner: TokenOwner): AsyncGenerator<GrantInfo> {
    yield* tokens.list(await ownerOf(owner));
  }

  return {
    issue: (order) => issueTo(order),
    issueSignedIn: ({ roles, ...order }) => issueTo(order, roles),
    find,
    revoke: async (what) => {
      const { name, text, sessions } = readRevocation(what);
      if (name === 'grantId') {
        if (isGrantId(text)) await tokens.revokeGrant(text, 'management');
        return;
      }
      if (name === 'token') await tokens.revokeByToken(text, 'management');
      else if (name === 'organization') await tokens.revokeAll({ organization: normalKey(text) ?? text }, 'management');
      else if (sessions) await endGrantsAndSessions(services, await subjectOf(text), 'management');
      else await tokens.revokeAll(await ownerOf({ [name]: text }), 'management');
    },
  };
};
