import type { Scope } from '../protocol/scope';
import type { Clock, EpochSeconds } from '../protocol/time';
import type { Environment } from './records';
import type { GrantOwner, TokenStore } from './token-store';

/** A grant with live tokens, as management calls show it. The tokens themselves are nowhere to be had. */
export interface GrantInfo {
  readonly grantId: string;
  readonly clientId: string;
  /** The user; absent where a client speaks for itself. */
  readonly subject?: string;
  readonly organization?: string;
  readonly environment: Environment;
  /** Of the live access token; of the grant, while there is none. */
  readonly scopes: Scope;
  /** The live access token. Absent when it has expired and can be refreshed. */
  readonly accessToken?: { readonly issuedAt: EpochSeconds; readonly expiresAt: EpochSeconds };
  /** Absent where there is none. */
  readonly refreshToken?: { readonly expiresAt: EpochSeconds };
}

const GRANTS_AT_A_TIME = 50;

/** The grants of a client or a user that have live tokens. What changes meanwhile may be in or out. */
export async function* liveGrants(store: TokenStore, owner: GrantOwner, clock: Clock): AsyncGenerator<GrantInfo> {
  const grants = await store.grantsOf(owner);
  const look = async (grantId: (typeof grants)[number]): Promise<GrantInfo | undefined> => {
    const [{ access: last }, refresh] = await Promise.all([store.heldAccess(grantId), store.findRefresh(grantId)]);
    const access = last !== undefined && last.expiresAt > clock() ? last : undefined;
    const held = access ?? refresh;
    if (held === undefined) return undefined;
    const { clientId, subject, organization, environment, scopes } = held;
    return {
      grantId,
      clientId,
      ...(subject === undefined ? {} : { subject }),
      ...(organization === undefined ? {} : { organization }),
      environment,
      scopes,
      ...(access === undefined
        ? {}
        : { accessToken: { issuedAt: Math.floor(access.issuedAt), expiresAt: Math.floor(access.expiresAt) } }),
      ...(refresh === undefined ? {} : { refreshToken: { expiresAt: Math.floor(refresh.expiresAt) } }),
    };
  };
  for (let start = 0; start < grants.length; start += GRANTS_AT_A_TIME) {
    for (const found of await Promise.all(grants.slice(start, start + GRANTS_AT_A_TIME).map(look))) {
      if (found !== undefined) yield found;
    }
  }
}
