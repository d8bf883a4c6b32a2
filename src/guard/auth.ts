import type { GrantFacts } from '../events/gate-events';
import type { GrantId } from '../protocol/secrets';
import type { EpochSeconds } from '../protocol/time';
import type { AccessTokenRecord, Environment } from '../tokens/records';

/** The rights of a guarded request, and the user and client that have them. Frozen. */
export interface Auth<S extends string = string> {
  /** The user. Absent if the client acts on its own behalf. */
  readonly subject?: string;
  readonly clientId: string;
  readonly organization?: string;
  /** The granted scopes, frozen; empty if none were granted. */
  readonly scopes: readonly S[];
  readonly environment: Environment;
  /** Identifier of the only resource that accepts the token (RFC 8707 §2). Absent if each one may. */
  readonly audience?: string;
  readonly grantId: string;
  /** Whole epoch seconds, rounded down. */
  readonly issuedAt: EpochSeconds;
  /** Whole epoch seconds, rounded down. */
  readonly expiresAt: EpochSeconds;
}

const auths = new WeakMap<AccessTokenRecord, Auth>();
const records = new WeakMap<Auth, AccessTokenRecord>();

/** Returns the fields of a record that a handler may read. Frozen, because all requests with the record share them. */
export const authOf = (record: AccessTokenRecord): Auth => {
  const auth = auths.get(record) ?? makeAuth(record);
  auths.set(record, auth);
  return auth;
};

/** Returns the record that `authOf` has returned these rights for. */
export const recordOf = (auth: Auth): AccessTokenRecord => {
  const record = records.get(auth);
  if (record === undefined) throw new TypeError('these rights were not returned by authOf');
  return record;
};

/** Returns the facts of the grant for events. */
export const factsOfAuth = ({ grantId, clientId, subject, organization, environment }: Auth): GrantFacts => ({
  grantId,
  clientId,
  ...(subject === undefined ? {} : { subject }),
  ...(organization === undefined ? {} : { organization }),
  environment,
});

const makeAuth = (record: AccessTokenRecord): Auth => {
  const grantId: GrantId = record.grantId;
  const auth = Object.freeze({
    ...(record.subject === undefined ? {} : { subject: record.subject }),
    clientId: record.clientId,
    ...(record.organization === undefined ? {} : { organization: record.organization }),
    scopes: Object.freeze([...record.scopes]),
    environment: record.environment,
    ...(record.audience === undefined ? {} : { audience: record.audience }),
    grantId,
    issuedAt: Math.floor(record.issuedAt),
    expiresAt: Math.floor(record.expiresAt),
  });
  records.set(auth, record);
  return auth;
};
