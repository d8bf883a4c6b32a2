import { ENVIRONMENTS } from '../../directory/key-pairs';
import { page, redirect, type Answer } from '../../pages/answer';
import { breadcrumbs } from '../../pages/breadcrumbs';
import { passwordField } from '../../pages/fields';
import { form, link } from '../../pages/form';
import { FormError } from '../../pages/form-fault';
import { html, type Html } from '../../pages/html';
import type { Texts } from '../../pages/texts/texts';
import { DirectoryError } from '../../protocol/errors';
import { sectionPath } from '../application/section-path';
import { keysPage } from '../keys/keys-page';
import { environmentOf } from '../application/own-applications';
import type { PortalPage } from '../page';
import type { PageServices } from '../page-services';
import { singleUse } from '../forms/single-use';
import { actorOf, type UserVisit } from '../visit';
import { withPassword } from '../forms/with-password';
import { showApplication } from './application';
import { applicationPath, readApplicationId } from '../application/application-path';

/** Returns the end of a day (UTC) in epoch seconds, so that a secret that expires today still works today. */
const expiryOf = (date: string | undefined, { secrets }: Texts): number | undefined => {
  if (date === undefined) return undefined;
  const day = /^\d{4}-\d{2}-\d{2}$/.test(date) ? Date.parse(`${date}T23:59:59Z`) : Number.NaN;
  // `Date.parse` reads 30 February as 2 March.
  if (Number.isNaN(day) || !new Date(day).toISOString().startsWith(date)) {
    throw new FormError(secrets.expiresRule, { field: 'expires' });
  }
  return day / 1000;
};

const show = async (visit: UserVisit, { ownApplications }: PageServices, remark?: Html): Promise<Answer> => {
  const { id, keys, name } = await ownApplications.get(visit.user, readApplicationId(visit.params['id']));
  const secrets = ENVIRONMENTS.flatMap((environment) => keys[environment]?.secrets ?? []);
  const secret = secrets.find((candidate) => candidate.id === visit.params['secret']);
  if (secret === undefined) throw new DirectoryError('ERR_SCOPEGATE_NOT_FOUND', 'there is no such secret');
  const { applications, secrets: texts } = visit.texts;
  const title = applications.revokeSecret;
  const crumbs = [
    { to: '/subscriptions', text: applications.mine },
    { to: sectionPath(id, 'keys'), text: name },
  ];
  return page(
    title,
    html`${breadcrumbs(visit, crumbs, title)} ${remark}
      <p>${texts.revokeEffect(texts.secret(secret.label, secret.lastFour), name)}</p>
      ${form(
        visit,
        `${applicationPath(id)}/secrets/${secret.id}`,
        passwordField({ texts: visit.texts }),
        html`<p class="row">
          <button class="danger">${texts.revoke}</button>
          ${link(visit, sectionPath(id, 'keys'), visit.texts.phrases.cancel)}
        </p>`,
      )}`,
  );
};

const generate = async (visit: UserVisit, services: PageServices): Promise<Answer> => {
  const { ownApplications, applications, audit } = services;
  const application = await ownApplications.get(visit.user, readApplicationId(visit.params['id']));
  const { id, name } = application;
  if (application.public) throw new FormError(visit.texts.secrets.noneOfPublic);
  const environment = environmentOf(visit.form.get('environment'));
  const [label, expiresAt] = [visit.form.get('label'), expiryOf(visit.form.get('expires'), visit.texts)];
  const keys = await applications.generateKeys(id, {
    environment,
    ...(label === undefined ? {} : { label }),
    ...(expiresAt === undefined ? {} : { expiresAt }),
  });
  const { clientId } = keys;
  audit.note({ action: 'generate_secret', ...actorOf(visit.user), target: name, clientId, detail: environment });
  return keysPage(visit, { title: visit.texts.keys.newSecret(name), application, environment, keys }, services);
};

const revoke = async (
  { user, params }: UserVisit,
  { ownApplications, applications, audit }: PageServices,
): Promise<Answer> => {
  const { id, name } = await ownApplications.get(user, readApplicationId(params['id']));
  await applications.revokeSecret(id, params['secret'] ?? '');
  audit.note({ action: 'revoke_secret', ...actorOf(user), target: name });
  return redirect(sectionPath(id, 'keys', 'revoked'));
};

export const secretPage: PortalPage = {
  path: '/applications/:id/secrets/:secret',
  title: (texts) => texts.applications.revokeSecret,
  for: 'users',
  navigation: 'none',
  section: '/subscriptions',
  isReturnTarget: true,
  show,
  forms: [
    { path: '/applications/:id/secrets', handle: withPassword(showApplication, singleUse(generate)) },
    { path: '/applications/:id/secrets/:secret', handle: withPassword(show, revoke) },
  ],
};
