import type { Consent } from '../consents/consent-store';
import { infoOf } from '../directory/application-info';
import { redirect, type Answer } from '../pages/answer';
import { breakable } from '../pages/breakable';
import { form } from '../pages/form';
import { html, type Content, type Html } from '../pages/html';
import { table } from '../pages/table';
import { time } from '../pages/time';
import { labelsOf } from './application-labels';
import type { PageServices } from './page-services';
import { problem } from './pages/problem';
import { resourceTitle } from './resource-titles';
import { actorOf, type UserVisit } from './visit';

const HEADS = ['Application', 'APIs', 'Allowed scopes', 'Since', ''];

const MAX_SHOWN = 500;

/** Returns the names of the applications of consents by id, without those that no longer exist. */
const findNames = async (
  consents: readonly Consent[],
  { directory }: Pick<PageServices, 'directory'>,
): Promise<ReadonlyMap<string, string>> => {
  const ids = [...new Set(consents.map(({ applicationId }) => applicationId))];
  // All in this tick, to share a round trip.
  const found = await Promise.all(ids.map((id) => directory.applications.findFresh(id)));
  return labelsOf(found.flatMap((application) => (application === undefined ? [] : [infoOf(application)])));
};

/** Renders the button that revokes a consent. Its accessible name stays short; its description identifies the consent. */
const revokeForm = (visit: UserVisit, { id, grantedAt }: Consent, name: string): Html =>
  form(
    visit,
    `/tokens/consents/${id}/revoke`,
    html`<button class="danger" aria-describedby="consent-${id}">Revoke</button>
      <span class="spoken" id="consent-${id}">the consent for ${name} from ${time(grantedAt)}</span>`,
  );

const row = (visit: UserVisit, consent: Consent, name: string, services: PageServices): readonly Content[] => {
  const { resources, granted, grantedAt } = consent;
  return [
    name,
    resources.length === 0 ? 'any' : resources.map((resource) => resourceTitle(resource, services)).join(', '),
    granted.length === 0 ? 'none' : html`<code>${breakable(granted.join(' '))}</code>`,
    time(grantedAt),
    revokeForm(visit, consent, name),
  ];
};

/** Renders the consents of the user, each with the button that revokes it. Returns `undefined` if there are none. */
export const consentsSection = async (visit: UserVisit, services: PageServices): Promise<Html | undefined> => {
  const consents = [...(await services.consents.list(visit.user.subject))].sort(
    (one, other) => other.grantedAt - one.grantedAt,
  );
  if (consents.length === 0) return undefined;
  const shown = consents.slice(0, MAX_SHOWN);
  const names = await findNames(shown, services);
  const rows = shown.map((consent) =>
    row(visit, consent, names.get(consent.applicationId) ?? consent.applicationId, services),
  );
  return html`<h2>Applications with your consent</h2>
    ${table('Your consents. Revoking one ends its tokens.', HEADS, rows)}
    ${consents.length > shown.length && html`<p>And ${consents.length - shown.length} more.</p>`}`;
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
