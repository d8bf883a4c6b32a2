import type { PendingRequest } from '../../directory/pending-requests';
import { field } from '../../pages/fields';
import { form, link } from '../../pages/form';
import { faultIn } from '../../pages/form-fault';
import { html, type Html } from '../../pages/html';
import { submissionField } from '../../pages/submission';
import { time } from '../../pages/time';
import type { PageServices } from '../page-services';
import type { UserVisit } from '../visit';
import { managedPath } from './managed-application';

/** Checks whether what was requested can be approved: its API and its plan are declared. */
export const isOffered = ({ api, plan }: PendingRequest, { apis }: Pick<PageServices, 'apis'>): boolean => {
  const declared = apis.get(api);
  return declared !== undefined && (plan === undefined || declared.plans.some(({ name }) => name === plan));
};

const hidden = (visit: UserVisit, { id, api, application }: PendingRequest): Html =>
  html`${submissionField(visit)}
    <input type="hidden" name="application" value="${application.id}" />
    <input type="hidden" name="api" value="${api}" />
    <input type="hidden" name="request" value="${id}" />`;

const approveForm = (visit: UserVisit, request: PendingRequest, label: string): Html =>
  form(
    visit,
    '/admin/approvals/approve',
    hidden(visit, request),
    html`<button aria-describedby="${label}">${visit.texts.approvals.approve}</button>`,
  );

const rejectForm = (visit: UserVisit, request: PendingRequest, label: string): Html => {
  const { approvals: texts } = visit.texts;
  const isFaulty = visit.form.get('request') === request.id;
  return form(
    visit,
    '/admin/approvals/reject',
    hidden(visit, request),
    field(
      {
        name: 'reason',
        label: texts.reason,
        optional: true,
        hint: texts.reasonHint,
        value: isFaulty ? visit.form.get('reason') : undefined,
        fault: isFaulty ? faultIn(visit.fault, 'reason') : undefined,
      },
      `reason-${request.id}`,
    ),
    html`<button class="danger" aria-describedby="${label}">${texts.reject}</button>`,
  );
};

/** Renders a request for a subscription, with the forms that decide about it. */
export const requestCard = (visit: UserVisit, request: PendingRequest, services: Pick<PageServices, 'apis'>): Html => {
  const { approvals: texts } = visit.texts;
  const { application, plan, requestedAt, requestedBy } = request;
  const title = services.apis.get(request.api)?.title ?? request.api;
  const label = `request-${request.id}`;
  return html`<section class="card" aria-labelledby="${label}">
    <h3 id="${label}">${texts.requestOf(application.name, title)}</h3>
    <dl>
      ${
        plan !== undefined &&
        html`<dt>${texts.plan}</dt>
          <dd>${plan}</dd>`
      }
      <dt>${texts.owner}</dt>
      <dd>${application.owner ?? texts.noOwner}</dd>
      ${
        requestedBy !== undefined &&
        requestedBy !== application.owner &&
        html`<dt>${texts.requestedBy}</dt>
          <dd>${requestedBy}</dd>`
      }
      <dt>${texts.requestedAt}</dt>
      <dd>${time(requestedAt, visit.texts)}</dd>
    </dl>
    <p>${link(visit, managedPath(application.id), texts.details)}</p>
    ${isOffered(request, services) ? approveForm(visit, request, label) : html`<p class="hint">${texts.notOffered}</p>`}
    ${rejectForm(visit, request, label)}
  </section>`;
};
