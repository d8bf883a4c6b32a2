import type { Scope } from '../protocol/scope';
import type { GrantId } from '../protocol/secrets';
import type { Clock, EpochSeconds } from '../protocol/time';
import type { GrantOwner } from './principal';
import type { Environment } from './records';
import type { TokenStore } from './token-store';

/** A grant with live tokens, as management calls return it. Never contains the tokens themselves. */
export interface GrantInfo {
  readonly grantId: string;
  readonly clientId: string;
  /** The user. Absent if the client acts on its own behalf. */
  readonly subject?: string;
  readonly organization?: string;
  readonly environment: Environment;
  /** Identifier of the only resource that accepts the live access token. Absent if each one may, or if there is none. */
  readonly audience?: string;
  /** Scopes of the live access token; those of the grant if there is none. */
  readonly scopes: Scope;
  /** The live access token. Absent if it has expired and can be refreshed. */
  readonly accessToken?: { readonly issuedAt: EpochSeconds; readonly expiresAt: EpochSeconds };
  /** Absent if the grant has no live refresh token. */
  readonly refreshToken?: { readonly expiresAt: EpochSeconds };
}

const SLICE_SIZE = 50;

/** Returns what is live of a grant, or `undefined` if nothing is. */
const readGrant = async (store: TokenStore, grantId: GrantId, clock: Clock): Promise<GrantInfo | undefined> => {
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
    ...(access?.audience === undefined ? {} : { audience: access.audience }),
    scopes,
    ...(access === undefined
      ? {}
      : { accessToken: { issuedAt: Math.floor(access.issuedAt), expiresAt: Math.floor(access.expiresAt) } }),
    ...(refresh === undefined ? {} : { refreshToken: { expiresAt: Math.floor(refresh.expiresAt) } }),
  };
};

/** Yields the grants of a client or a user that have live tokens. Concurrent changes may or may not be included. */
export async function* liveGrants(store: TokenStore, owner: GrantOwner, clock: Clock): AsyncGenerator<GrantInfo> {
  for await (const grants of store.grantsOf(owner)) {
    for (let start = 0; start < grants.length; start += SLICE_SIZE) {
      const slice = grants.slice(start, start + SLICE_SIZE).map((grantId) => readGrant(store, grantId, clock));
      for (const found of await Promise.all(slice)) if (found !== undefined) yield found;
    }
  }
}
