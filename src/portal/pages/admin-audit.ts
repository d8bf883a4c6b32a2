import type { AuditEntry } from '../../audit/audit-log';
import { page, type Answer } from '../../pages/answer';
import { html, type Content } from '../../pages/html';
import { table } from '../../pages/table';
import { time } from '../../pages/time';
import type { PortalPage } from '../page';
import type { PageServices } from '../page-services';
import { nextLink } from '../paging';
import type { UserVisit } from '../visit';

const TITLE = 'Audit';

const ENTRIES_PER_PAGE = 100;

const HEADS = ['When', 'What', 'Who', 'Target', 'Consumer key', 'Details'];

const ACTIONS: Readonly<Record<string, string>> = {
  issue: 'Token issued',
  deny: 'Request denied',
  revoke: 'Tokens revoked',
  reuse: 'Refresh token reused',
  sign_in: 'Signed in',
  sign_in_failed: 'Sign-in failed',
  sign_up: 'Signed up',
  sign_out_everywhere: 'Signed out everywhere',
  limit: 'Limit reached',
};

/** Formats an action for the page: `generate_keys` becomes "Generate keys". */
const actionText = (action: string): string => {
  const words = action.replaceAll('_', ' ');
  return ACTIONS[action] ?? words.charAt(0).toUpperCase() + words.slice(1);
};

const row = ({ at, action, actor, target, clientId, network, detail, count }: AuditEntry): readonly Content[] => [
  time(at),
  html`${actionText(action)}${count !== undefined && html` × ${count}`}`,
  actor ?? '',
  target ?? '',
  clientId !== undefined && html`<code>${clientId}</code>`,
  [detail, network === undefined ? undefined : `from ${network}`].filter((part) => part !== undefined).join(', '),
];

const show = async (visit: UserVisit, { audit, auditLog }: PageServices): Promise<Answer> => {
  await audit.flush(); // so that the page includes entries that have not been written yet
  const before = visit.query.get('after');
  const found = await auditLog.list(visit.user.organization, {
    ...(before === null ? {} : { before }),
    limit: ENTRIES_PER_PAGE,
  });
  return page(
    TITLE,
    html`<p>Events of your organization from the last 30 days, up to 10,000 of each kind.</p>
      ${table('Most recent first', HEADS, found.entries.map(row))} ${nextLink(visit, found.next)}`,
  );
};

export const adminAuditPage: PortalPage = {
  path: '/admin/audit',
  title: (texts) => texts.approvals.audit,
  for: 'admins',
  navigation: 'admin',
  isReturnTarget: true,
  show,
};
