import type { AuditEntry } from '../../audit/audit-log';
import { selectEntries } from '../../audit/selected-entries';
import { redirect, type Answer } from '../../pages/answer';
import { printCsv } from '../../pages/csv';
import { addressWith, readAuditQuery } from '../admin/audit-query';
import type { PortalPage } from '../page';
import type { PageServices } from '../page-services';
import { actorOf, type UserVisit } from '../visit';

const MAX_ROWS = 10_000;

/** More than an audit of an organization can have. */
const MAX_READ = 30_000;

const HEADS = ['time', 'action', 'user', 'target', 'consumer_key', 'network', 'details', 'count'];

const rowOf = ({ at, action, actor, target, clientId, network, detail, count = 1 }: AuditEntry): readonly string[] =>
  [new Date(at * 1000).toISOString(), action, actor, target, clientId, network, detail, String(count)].map(
    (value) => value ?? '',
  );

const show = async (visit: UserVisit, { audit, auditLog }: PageServices): Promise<Answer> => {
  const asked = readAuditQuery(visit.query);
  if (asked.faulty.size > 0) return redirect(addressWith('/admin/audit', asked));
  await audit.flush();
  const { entries } = await selectEntries(auditLog, {
    organization: visit.user.organization,
    filter: asked.filter,
    maxEntries: MAX_ROWS,
    maxRead: MAX_READ,
  });
  audit.note({ action: 'export_audit', ...actorOf(visit.user), detail: `${entries.length} entries` });
  return {
    kind: 'file',
    name: 'audit.csv',
    type: 'text/csv; charset=utf-8',
    text: printCsv([HEADS, ...entries.map(rowOf)]),
  };
};

/** The audit as CSV, with the filter of its page. */
export const adminAuditCsv: PortalPage = {
  path: '/admin/audit.csv',
  for: 'admins',
  navigation: 'none',
  section: '/admin/audit',
  isReturnTarget: false,
  show,
};
