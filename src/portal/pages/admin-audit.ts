import type { AuditEntry } from '../../audit/audit-log';
import { page } from '../answer';
import { table, time } from '../fields';
import { html, type Content } from '../html';
import { nextLink } from '../paging';
import type { Route } from '../router';
import type { PortalServices } from '../services';

const ENTRIES_PER_PAGE = 100;

const row = ({ at, action, actor, target, clientId, detail, count }: AuditEntry): readonly Content[] => [
  time(at),
  html`${action.replaceAll('_', ' ')}${count !== undefined && html` × ${count}`}`,
  actor ?? '',
  target ?? '',
  clientId !== undefined && html`<code>${clientId}</code>`,
  detail ?? '',
];

export const adminAuditPages = ({ auditLog, audit }: PortalServices): readonly Route[] => [
  {
    method: 'GET',
    path: '/admin/audit',
    for: 'admins',
    handle: async (visit) => {
      await audit.flush(); // what was done a moment ago is to be seen
      const before = visit.query.get('after');
      const found = await auditLog.list(visit.user.organization, {
        ...(before === null ? {} : { before }),
        limit: ENTRIES_PER_PAGE,
      });
      const heads = ['When', 'What', 'Who', 'Whom or what', 'Consumer key', 'More'];
      return page(
        'Audit',
        html`<p>The last 10,000 entries and 30 days of your organization.</p>
          ${table('What happened, the newest first', heads, found.entries.map(row))} ${nextLink(visit, found.next)}`,
      );
    },
  },
];
