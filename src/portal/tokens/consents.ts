import type { Consent } from '../../consents/consent-store';
import { infoOf } from '../../directory/application-info';
import { redirect, type Answer } from '../../pages/answer';
import { breakable } from '../../pages/breakable';
import { form } from '../../pages/form';
import { html, type Content, type Html } from '../../pages/html';
import { table } from '../../pages/table';
import { time } from '../../pages/time';
import { labelsOf } from '../application/application-labels';
import { numberedPage, pageLinks } from '../numbered-page';
import type { PageServices } from '../page-services';
import { problem } from '../pages/problem';
import { resourceTitle } from '../catalogue/resource-titles';
import { actorOf, type UserVisit } from '../visit';

const PAGE_LENGTH = 50;

const PAGE_PARAMETER = 'consents';

/** Returns the names of the applications of consents by id, without those that no longer exist. */
const findNames = async (
  consents: readonly Consent[],
  { texts }: UserVisit,
  { directory }: Pick<PageServices, 'directory'>,
): Promise<ReadonlyMap<string, string>> => {
  const ids = [...new Set(consents.map(({ applicationId }) => applicationId))];
  // All in this tick, to share a round trip.
  const found = await Promise.all(ids.map((id) => directory.applications.findFresh(id)));
  const existing = found.flatMap((application) => (application === undefined ? [] : [infoOf(application)]));
  return labelsOf(existing, texts);
};

/** Renders the button that revokes a consent. Its accessible name stays short; its description identifies the consent. */
const revokeForm = (visit: UserVisit, { id, grantedAt }: Consent, name: string): Html => {
  const { consents } = visit.texts;
  return form(
    visit,
    `/tokens/consents/${id}/revoke`,
    html`<button class="danger" aria-describedby="consent-${id}">${consents.revoke}</button>
      <span class="spoken" id="consent-${id}">${consents.about(name, time(grantedAt, visit.texts))}</span>`,
  );
};

const row = (visit: UserVisit, consent: Consent, name: string, services: PageServices): readonly Content[] => {
  const { resources, granted, grantedAt } = consent;
  const { texts } = visit;
  const titles = resources.map((resource) => resourceTitle(resource, services, texts));
  return [
    name,
    titles.length === 0 ? texts.consents.anyApi : titles.join(', '),
    granted.length === 0 ? texts.consents.noScopes : html`<code>${breakable(granted.join(' '))}</code>`,
    time(grantedAt, texts),
    revokeForm(visit, consent, name),
  ];
};

/** Renders the consents of the user, each with the button that revokes it. Returns `undefined` if there are none. */
export const consentsSection = async (visit: UserVisit, services: PageServices): Promise<Html | undefined> => {
  const { title, caption, heads } = visit.texts.consents;
  const consents = [...(await services.consents.list(visit.user.subject))].sort(
    (one, other) => other.grantedAt - one.grantedAt,
  );
  if (consents.length === 0) return undefined;
  const shown = numberedPage(consents, visit.query.get(PAGE_PARAMETER), PAGE_LENGTH);
  const names = await findNames(shown.items, visit, services);
  const rows = shown.items.map((consent) =>
    row(visit, consent, names.get(consent.applicationId) ?? consent.applicationId, services),
  );
  return html`<h2>${title}</h2>
    ${table(caption, [heads.application, heads.apis, heads.scopes, heads.since, ''], rows)}
    ${pageLinks(visit, shown, { parameters: {}, pageParameter: PAGE_PARAMETER })}`;
};

/** Handles the form that revokes one of the user's own consents. */
export const revokeOwnConsent = async ({ user, params }: UserVisit, services: PageServices): Promise<Answer> => {
  const { consents, directory, revokeConsent, audit } = services;
  const consent = await consents.findFreshById(user.subject, params['consent'] ?? '');
  if (consent === undefined) return problem.notFound;
  const { id, applicationId, granted } = consent;
  const application = await directory.applications.findFresh(applicationId);
  await revokeConsent(user.subject, id);
  const detail = granted.length === 0 ? {} : { detail: granted.join(' ') };
  const target = application?.name ?? applicationId;
  audit.note({ action: 'revoke_consent', ...actorOf(user), target, ...detail });
  return redirect('/tokens?done=consent-revoked');
};
