import { accountOf } from '../directory/account-key';
import type { AuditEntry } from './audit-log';

/** The parts in which an organization's audit is kept. Entries of one part never push out those of another. */
export const AUDIT_PARTS = ['security', 'activity', 'failures'] as const;

export type AuditPart = (typeof AUDIT_PARTS)[number];

const SECURITY: ReadonlySet<string> = new Set([
  'sign_in',
  'sign_up',
  'change_password',
  'disable_user',
  'enable_user',
  'unlock_user',
  'disable_application',
  'enable_application',
  'remove_application',
  'generate_keys',
  'generate_secret',
  'revoke_secret',
  'revoke_token',
  'revoke_all_tokens',
  'revoke',
  'reuse',
]);

/** Actions that strangers can cause without valid credentials. */
const FAILURES: ReadonlySet<string> = new Set(['sign_in_failed', 'deny']);

export const partOf = ({ action }: Pick<AuditEntry, 'action'>): AuditPart => {
  if (SECURITY.has(action)) return 'security';
  return FAILURES.has(action) ? 'failures' : 'activity';
};

type Caused = Pick<AuditEntry, 'action' | 'actor' | 'clientId' | 'target' | 'network'>;

/** The actor that an entry is counted for: each may fill a share of the audit. User names are counted in one spelling. */
export const shareOf = ({ action, actor, clientId, target, network }: Caused): string => {
  if (network !== undefined) return `network ${network}`;
  if (actor !== undefined) return `user ${accountOf(actor)}`;
  if (clientId !== undefined) return `client ${clientId}`;
  return target === undefined ? `action ${action}` : `user ${accountOf(target)}`;
};
