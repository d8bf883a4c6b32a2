import { ENVIRONMENTS } from '../../directory/key-pairs';
import { DirectoryError } from '../../protocol/errors';
import { page, redirect, type Answer } from '../../pages/answer';
import { withPassword } from '../with-password';
import { passwordField } from '../../pages/fields';
import { html, type Html } from '../../pages/html';
import { form, link } from '../../pages/form';
import { newKeys } from '../new-keys';
import { singleUse } from '../single-use';
import { environmentOf, OwnApplications } from '../own-applications';
import type { Route } from '../router';
import type { PortalServices } from '../services';
import { Visitors } from '../visitors';
import { actorOf, type UserVisit } from '../visit';
import { applicationView } from './application';

/** Returns the end of a day (UTC) in epoch seconds, so that a secret that expires today still works today. */
const expiryOf = (date: string | undefined): number | undefined => {
  if (date === undefined) return undefined;
  const day = /^\d{4}-\d{2}-\d{2}$/.test(date) ? Date.parse(`${date}T23:59:59Z`) : Number.NaN;
  // `Date.parse` reads 30 February as 2 March.
  if (Number.isNaN(day) || !new Date(day).toISOString().startsWith(date)) {
    throw new DirectoryError('ERR_SCOPEGATE_VALUE', 'expires must be a date such as 2027-12-31');
  }
  return day / 1000;
};

export const secretPages = (services: PortalServices): readonly Route[] => {
  const { applications, sessions, tokenUrl, audit, signInLimit } = services;
  const own = new OwnApplications(services);
  const visitors = new Visitors(services);
  const applicationPage = applicationView(services);

  const secretPage = async (visit: UserVisit, remark?: Html): Promise<Answer> => {
    const { id, keys, name } = await own.get(visit.user, visit.params['id'] ?? '');
    const secrets = ENVIRONMENTS.flatMap((environment) => keys[environment]?.secrets ?? []);
    const secret = secrets.find((candidate) => candidate.id === visit.params['secret']);
    if (secret === undefined) throw new DirectoryError('ERR_SCOPEGATE_NOT_FOUND', 'there is no such secret');
    return page(
      'Revoke a secret',
      html`${remark}
        <p>
          Revoking the secret ${secret.label ?? ''}
          ${secret.lastFour !== undefined && html`that ends with <code>${secret.lastFour}</code>`} of
          ${link(visit, `/applications/${id}`, name)} revokes all tokens issued with this key.
        </p>
        ${form(visit, `/applications/${id}/secrets/${secret.id}`, passwordField(), html`<button class="danger">Revoke</button>`)}`,
    );
  };

  return [
    {
      method: 'POST',
      path: '/applications/:id/secrets',
      for: 'users',
      handle: (visit) =>
        withPassword(
          { visitors, signInLimit },
          visit,
          (remark) => applicationPage(visit, remark),
          async () =>
            singleUse(sessions, async () => {
              const application = await own.get(visit.user, visit.params['id'] ?? '');
              const environment = environmentOf(visit.form.get('environment'));
              const [label, expiresAt] = [visit.form.get('label'), expiryOf(visit.form.get('expires'))];
              const keys = await applications.generateKeys(application.id, {
                environment,
                ...(label === undefined ? {} : { label }),
                ...(expiresAt === undefined ? {} : { expiresAt }),
              });
              audit.note({
                action: 'generate_secret',
                ...actorOf(visit.user),
                target: application.name,
                clientId: keys.clientId,
                detail: environment,
              });
              return page(`New secret for ${application.name}`, newKeys(visit, keys, tokenUrl));
            })(visit),
        ),
    },
    { method: 'GET', path: '/applications/:id/secrets/:secret', for: 'users', handle: (visit) => secretPage(visit) },
    {
      method: 'POST',
      path: '/applications/:id/secrets/:secret',
      for: 'users',
      handle: (visit) =>
        withPassword(
          { visitors, signInLimit },
          visit,
          (remark) => secretPage(visit, remark),
          async () => {
            const { id, name } = await own.get(visit.user, visit.params['id'] ?? '');
            await applications.revokeSecret(id, visit.params['secret'] ?? '');
            audit.note({ action: 'revoke_secret', ...actorOf(visit.user), target: name });
            return redirect(`/applications/${id}?done=revoked`);
          },
        ),
    },
  ];
};
