import type { AuditEntry } from '../../audit/audit-log';
import { page } from '../../pages/answer';
import { table } from '../../pages/table';
import { time } from '../../pages/time';
import { html, type Content } from '../../pages/html';
import { nextLink } from '../paging';
import type { Route } from '../router';
import type { PortalServices } from '../services';

const ENTRIES_PER_PAGE = 100;

const TITLES: Readonly<Record<string, string>> = {
  issue: 'Token issued',
  deny: 'Request denied',
  revoke: 'Tokens revoked',
  reuse: 'Spent refresh token reused',
  sign_in: 'Signed in',
  sign_in_failed: 'Sign-in failed',
  sign_up: 'Signed up',
};

/** Formats an action for the page: `generate_keys` becomes "Generate keys". */
const titleOf = (action: string): string => {
  const words = action.replaceAll('_', ' ');
  return TITLES[action] ?? words.charAt(0).toUpperCase() + words.slice(1);
};

const row = ({ at, action, actor, target, clientId, network, detail, count }: AuditEntry): readonly Content[] => [
  time(at),
  html`${titleOf(action)}${count !== undefined && html` × ${count}`}`,
  actor ?? '',
  target ?? '',
  clientId !== undefined && html`<code>${clientId}</code>`,
  [detail, network === undefined ? undefined : `from ${network}`].filter((part) => part !== undefined).join(', '),
];

export const adminAuditPages = ({ auditLog, audit }: PortalServices): readonly Route[] => [
  {
    method: 'GET',
    path: '/admin/audit',
    for: 'admins',
    handle: async (visit) => {
      await audit.flush(); // so that the page includes entries that have not been written yet
      const before = visit.query.get('after');
      const found = await auditLog.list(visit.user.organization, {
        ...(before === null ? {} : { before }),
        limit: ENTRIES_PER_PAGE,
      });
      const heads = ['When', 'What', 'Who', 'Target', 'Consumer key', 'Details'];
      return page(
        'Audit',
        html`<p>Events of your organization from the last 30 days, up to 10,000 of each kind.</p>
          ${table('Most recent first', heads, found.entries.map(row))} ${nextLink(visit, found.next)}`,
      );
    },
  },
];
