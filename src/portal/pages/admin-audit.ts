import { AUDIT_ACTIONS, isAuditAction } from '../../audit/actions';
import type { AuditEntry } from '../../audit/audit-log';
import { selectEntries } from '../../audit/selected-entries';
import { page, type Answer } from '../../pages/answer';
import { breakable } from '../../pages/breakable';
import { emptyState } from '../../pages/empty-state';
import { field, select } from '../../pages/fields';
import { link, opener } from '../../pages/form';
import { html, type Content, type Html } from '../../pages/html';
import { relativeTime, type Present } from '../../pages/relative-time';
import { table } from '../../pages/table';
import type { Texts } from '../../pages/texts/texts';
import { time } from '../../pages/time';
import { addressWith, readAuditQuery, type AuditQuery } from '../admin/audit-query';
import type { PortalPage } from '../page';
import type { PageServices } from '../page-services';
import type { UserVisit } from '../visit';

const ENTRIES_PER_PAGE = 50;
const MAX_READ = 2_000;

/** Returns the name of an action. One of another version has none: its code is shown. */
const nameOf = (action: string, { audit: { actions } }: Pick<Texts, 'audit'>): string =>
  isAuditAction(action) ? actions[action] : action;

/** Renders details as they were recorded: in English, with names. */
const recorded = (detail: string | undefined): Html | undefined =>
  detail === undefined ? undefined : html`<span lang="en">${breakable(detail)}</span>`;

const row = (entry: AuditEntry, present: Present & { readonly texts: Texts }): readonly Content[] => {
  const { at, action, actor, target, clientId, network, detail, count } = entry;
  const { texts } = present;
  return [
    html`${relativeTime(at, present)} <small>${time(at, texts)}</small>`,
    html`${nameOf(action, texts)}${count !== undefined && html` × ${texts.phrases.number(count)}`}`,
    actor ?? '',
    target ?? '',
    clientId !== undefined && html`<code>${clientId}</code>`,
    html`${recorded(detail)}${detail !== undefined && network !== undefined && ', '}${
      network !== undefined && texts.audit.from(network)
    }`,
  ];
};

const filterForm = (visit: UserVisit, { fields, faulty }: AuditQuery): Html => {
  const { audit: texts, phrases } = visit.texts;
  const choices = AUDIT_ACTIONS.map((action) => ({ value: action, text: texts.actions[action] }));
  const text = (name: 'who' | 'target', label: string, hint: string) =>
    field({ name, label, hint, optional: true, value: fields.get(name) });
  const date = (name: 'from' | 'to', label: string) =>
    field({
      name,
      label,
      type: 'date',
      optional: true,
      value: fields.get(name),
      fault: faulty.has(name) ? texts.dateRule : undefined,
    });
  return opener(
    visit,
    '/admin/audit',
    html`<div class="row">
      ${text('who', texts.who, texts.whoHint)} ${text('target', texts.target, texts.targetHint)}
      ${select({ name: 'action', label: texts.what, chosen: fields.get('action') }, [
        { value: '', text: texts.everything },
        ...choices.sort((one, other) => one.text.localeCompare(other.text, visit.language)),
      ])}
      ${date('from', texts.fromDay)} ${date('to', texts.toDay)}
      <button class="plain">${phrases.search}</button>
    </div>`,
  );
};

const show = async (visit: UserVisit, { audit, auditLog, clock }: PageServices): Promise<Answer> => {
  const { texts, query } = visit;
  await audit.flush(); // so that the page includes entries that have not been written yet
  const asked = readAuditQuery(query);
  const before = query.get('after');
  const found =
    asked.faulty.size > 0
      ? { entries: [] }
      : await selectEntries(auditLog, {
          organization: visit.user.organization,
          filter: asked.filter,
          ...(before === null ? {} : { before }),
          maxEntries: ENTRIES_PER_PAGE,
          maxRead: MAX_READ,
        });
  const present = { now: clock(), language: visit.language, texts };
  const { heads } = texts.audit;
  const columns = [heads.when, heads.what, heads.who, heads.target, heads.key, heads.details];
  const { entries, next } = found;
  const isFiltered = asked.fields.size > 0;
  return page(
    texts.approvals.audit,
    html`<p>${texts.audit.kept}</p>
      ${filterForm(visit, asked)}
      <p class="row">
        ${link(visit, addressWith('/admin/audit.csv', asked), texts.audit.download)}
        ${isFiltered && link(visit, '/admin/audit', texts.audit.showAll)}
      </p>
      ${
        entries.length === 0
          ? emptyState(next === undefined ? texts.audit.none : texts.audit.noneYet)
          : table(
              texts.audit.newestFirst,
              columns,
              entries.map((entry) => row(entry, present)),
            )
      }
      ${
        next !== undefined &&
        html`<p>${link(visit, addressWith('/admin/audit', asked, { after: next }), texts.audit.older)}</p>`
      }`,
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
