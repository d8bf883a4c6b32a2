import { hash } from 'node:crypto';
import type { AuditPart } from '../../audit/audit-shares';
import { digestOf, type Digest, type GrantId, type LinkHolder } from '../../protocol/secrets';
import type { Seconds } from '../../protocol/time';
import type { PasswordClient } from '../../tokens/password-use-store';
import type { GrantOwner } from '../../tokens/principal';
import type { Resolution } from '../../usage/resolutions';
import type { DirectoryNoun } from '../change-feed';

/** Kinds of directory records, each stored in a hash of its own. */
export const DIRECTORY_NOUNS = [
  'organizations',
  'users',
  'applications',
  'clients',
  'declarations',
] as const satisfies readonly DirectoryNoun[];

/** Kinds of principals in keys: client, user, organization, consent. */
export type PrincipalKind = 'c' | 'u' | 'o' | 'k';

/** Names of all keys. The part in braces, the hash tag, selects the Cluster slot: all keys of a grant share one. */
export interface Keys {
  /** String: the grant's live access token. Has a TTL. */
  access(grantId: GrantId): string;
  /** String: the grant's refresh state. Has a TTL. */
  refresh(grantId: GrantId): string;
  /** String: the grant's authorization code, and whether it was spent. Has a TTL. */
  code(grantId: GrantId): string;
  /** String: number of codes that a user was issued for a client within the lifetime of the first. Has a TTL. */
  codesOf(subject: string, clientId: string): string;
  /** String: a ticket for a WebSocket handshake. Has a TTL. */
  ticket(grantId: GrantId, digest: Digest): string;
  /** String: number of tickets that a grant was issued within the lifetime of the first. Has a TTL. */
  ticketsOf(grantId: GrantId): string;
  /** Hash: consents of a user, by id. Has a TTL. */
  consentsOf(subject: string): string;
  /** String: an authorization request that waits for a sign-in or for consent. Has a TTL. */
  transaction(digest: Digest): string;
  /**
   * String: the epoch of a principal. Has a TTL.
   * @param name as in the records of tokens, from which a script derives the same key
   */
  epoch(kind: PrincipalKind, name: string): string;
  /** Sorted set: grants of a client, scored by expiry in milliseconds, or of a user, by client and expiry. Has a TTL. */
  grantsOf(owner: GrantOwner): string;
  /** Hash: records created at run time, or those of what is declared. No TTL. */
  directory(noun: DirectoryNoun): string;
  /** Sorted set: the applications of each owner and of each organization, in lexicographical order. No TTL. */
  readonly applicationGroups: string;
  /** Sorted set: the pending requests of each organization's applications, in lexicographical order. No TTL. */
  readonly applicationRequests: string;
  /** String: a session of the portal. Has a TTL. */
  session(digest: Digest): string;
  /** Sorted set: names that a session has claimed, scored by the end of the claim in milliseconds. Has a TTL. */
  claims(session: Digest): string;
  /** Sorted set: sessions of a user, scored by expiry in milliseconds. Has a TTL. */
  sessionsOf(subject: string): string;
  /** String: the link with which a user sets a password, and the digest of its code. Has a TTL. */
  passwordLink(holder: LinkHolder): string;
  /** Sorted set: names of an organization whose sign-up waits for approval, scored by expiry in milliseconds. Has a TTL. */
  signUpsOf(organization: string): string;
  /** Sorted set: what `sessionsOf` was when all sessions of the user ended, until their memory is freed. Has a TTL. */
  endedSessionsOf(subject: string): string;
  /** Sorted set: a part of an organization's audit, scored by instant in milliseconds. Has a TTL. */
  audit(organization: string | undefined, part: AuditPart): string;
  /** Sorted set: the same entries in lexicographical order of actor, instant and text. Has a TTL. */
  auditShares(organization: string | undefined, part: AuditPart): string;
  /** Sorted set: grants of a client, scored by last use in milliseconds. Has a TTL. */
  usesOf(clientId: string): string;
  /** Sorted set: days on which a client used the password grant, scored by the number of grants. Has a TTL. */
  passwordUsesOf(client: PasswordClient): string;
  /** Hash: counts of an application's requests in a block of time spans, by environment and API. Has a TTL. */
  usageOf(application: string, resolution: Resolution['name'], block: number): string;
  /** Hash: the last refusals of an application's requests. Has a TTL. */
  refusalsOf(application: string): string;
  /** String: the counter of an allowance with a window of this length. Has a TTL. */
  quota(key: string, per: Seconds): string;
  /** String: proof that Redis accepts writes. Has a TTL. */
  readonly writeCheck: string;
  /** Channel: announcements of what was ended or changed. */
  readonly changes: string;
  /** Key prefix of a rule's failure counters, which have a TTL. */
  throttle(rule: string): string;
}

// Names are external input and may contain any character, including braces and colons; a digest contains neither.
const slotName = (text: string): string => digestOf(text).slice(0, 22);

// The only digest that scripts can compute. A second name with the same 96 bits cannot be found.
const epochName = (name: string): string => hash('sha1', name, 'hex').slice(0, 24);

const auditKey = (prefix: string, organization: string | undefined, part: AuditPart): string => {
  const slot = organization === undefined ? '{audit}' : `{o.${slotName(organization)}}:audit`;
  return `${prefix}${slot}:${part}`;
};

export const createKeys = (prefix: string): Keys => ({
  access: (grantId) => `${prefix}{${grantId}}:a`,
  refresh: (grantId) => `${prefix}{${grantId}}:r`,
  code: (grantId) => `${prefix}{${grantId}}:c`,
  codesOf: (subject, clientId) => `${prefix}{u.${slotName(subject)}}:c.${slotName(clientId)}`,
  ticket: (grantId, digest) => `${prefix}{${grantId}}:w.${digest}`,
  ticketsOf: (grantId) => `${prefix}{${grantId}}:w`,
  consentsOf: (subject) => `${prefix}{u.${slotName(subject)}}:k`,
  transaction: (digest) => `${prefix}{t.${digest}}:t`,
  epoch: (kind, name) => `${prefix}{${kind}.${epochName(name)}}:e`,
  grantsOf: (owner) =>
    'clientId' in owner ? `${prefix}{c.${slotName(owner.clientId)}}:g` : `${prefix}{u.${slotName(owner.subject)}}:g`,
  directory: (noun) => `${prefix}{directory}:${noun}`,
  applicationGroups: `${prefix}{directory}:application-groups`,
  applicationRequests: `${prefix}{directory}:application-requests`,
  session: (digest) => `${prefix}{s.${digest}}:s`,
  claims: (session) => `${prefix}{s.${session}}:f`,
  sessionsOf: (subject) => `${prefix}{u.${slotName(subject)}}:s`,
  passwordLink: (holder) => `${prefix}{u.${holder}}:l`,
  signUpsOf: (organization) => `${prefix}{o.${slotName(organization)}}:w`,
  endedSessionsOf: (subject) => `${prefix}{u.${slotName(subject)}}:s:ended`,
  audit: (organization, part) => auditKey(prefix, organization, part),
  auditShares: (organization, part) => `${auditKey(prefix, organization, part)}:shares`,
  usesOf: (clientId) => `${prefix}{c.${slotName(clientId)}}:u`,
  passwordUsesOf: ({ clientId, organization }) =>
    `${prefix}{c.${slotName(clientId)}}:p${organization === undefined ? '' : `:${slotName(organization)}`}`,
  usageOf: (application, resolution, block) => `${prefix}{a.${slotName(application)}}:${resolution}:${block}`,
  refusalsOf: (application) => `${prefix}{a.${slotName(application)}}:refusals`,
  quota: (key, per) => `${prefix}quota:${slotName(`${per} ${key}`)}`,
  writeCheck: `${prefix}write-check`,
  changes: `${prefix}changes`,
  throttle: (rule) => `${prefix}throttle:${rule}`,
});
