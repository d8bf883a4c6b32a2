import type { GrantId } from '../protocol/secrets';
import type { EpochSeconds } from '../protocol/time';
import type { AccessTokenRecord, Environment } from '../tokens/records';

/** The rights of a guarded request, and the user and client that have them. Frozen. */
export interface Auth<S extends string = string> {
  /** The user; absent where a client speaks for itself. */
  readonly subject?: string;
  readonly clientId: string;
  readonly organization?: string;
  /** The scopes granted, frozen; empty when nothing was. */
  readonly scopes: readonly S[];
  readonly environment: Environment;
  readonly grantId: string;
  /** Whole epoch seconds, rounded down. */
  readonly issuedAt: EpochSeconds;
  /** Whole epoch seconds, rounded down. */
  readonly expiresAt: EpochSeconds;
}

const known = new WeakMap<AccessTokenRecord, Auth>();

/** The fields of a record that a handler may read. Frozen, so that all requests with one record share it. */
export const authOf = (record: AccessTokenRecord): Auth => {
  const made = known.get(record) ?? makeAuth(record);
  known.set(record, made);
  return made;
};

const makeAuth = (record: AccessTokenRecord): Auth => {
  const grantId: GrantId = record.grantId;
  return Object.freeze({
    ...(record.subject === undefined ? {} : { subject: record.subject }),
    clientId: record.clientId,
    ...(record.organization === undefined ? {} : { organization: record.organization }),
    scopes: Object.freeze([...record.scopes]),
    environment: record.environment,
    grantId,
    issuedAt: Math.floor(record.issuedAt),
    expiresAt: Math.floor(record.expiresAt),
  });
};
