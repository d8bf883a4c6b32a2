import { accountOf } from '../directory/account-key';
import { isGateEventType, rowOf } from '../events/event-table';
import type { AuditEntry } from './audit-log';

/** Parts of an organization's audit. Each has its own limits, so entries of one part never evict those of another. */
export const AUDIT_PARTS = ['security', 'activity', 'failures'] as const;

export type AuditPart = (typeof AUDIT_PARTS)[number];

const SECURITY: ReadonlySet<string> = new Set([
  'sign_in',
  'sign_up',
  'sign_out_everywhere',
  'change_password',
  'disable_user',
  'enable_user',
  'unlock_user',
  'disable_application',
  'enable_application',
  'remove_application',
  'rename_application',
  'generate_keys',
  'generate_secret',
  'set_redirect_uris',
  'set_client_type',
  'revoke_secret',
  'revoke_token',
  'revoke_all_tokens',
  'revoke_consent',
  'approve_subscription',
  'reject_subscription',
  'export_audit',
  // Those that only the command line records.
  'create_user',
  'remove_user',
  'set_password',
  'set_roles',
  'end_sessions',
  'revoke_tokens',
  'create_organization',
  'disable_organization',
  'enable_organization',
  'remove_organization',
]);

/** Actions that can be caused without valid credentials. */
const FAILURES: ReadonlySet<string> = new Set(['sign_in_failed']);

/** Returns the part of an action that the portal records. */
const partOfPortalAction = (action: string): AuditPart => {
  if (SECURITY.has(action)) return 'security';
  return FAILURES.has(action) ? 'failures' : 'activity';
};

/** Returns the part of the audit that an entry belongs to. Its action is the type of an event, or one of the portal. */
export const partOf = ({ action }: Pick<AuditEntry, 'action'>): AuditPart => {
  const audit = isGateEventType(action) && rowOf(action).audit;
  return audit === false ? partOfPortalAction(action) : audit.part;
};

type ActorFields = Pick<AuditEntry, 'action' | 'actor' | 'clientId' | 'target' | 'network'>;

/** Returns the actor to whose share of the audit an entry counts. All spellings of a user name count as one user. */
export const shareOf = ({ action, actor, clientId, target, network }: ActorFields): string => {
  if (network !== undefined) return `network ${network}`;
  if (actor !== undefined) return `user ${accountOf(actor)}`;
  if (clientId !== undefined) return `client ${clientId}`;
  return target === undefined ? `action ${action}` : `user ${accountOf(target)}`;
};
