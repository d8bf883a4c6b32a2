import type { SecretInfo } from '../../directory/application-info';
import { ENVIRONMENTS } from '../../directory/key-pairs';
import { DirectoryError } from '../../protocol/errors';
import type { Environment } from '../../tokens/records';
import { page, type Answer } from '../../pages/answer';
import { field, passwordField, select } from '../../pages/fields';
import { table } from '../../pages/table';
import { time } from '../../pages/time';
import { notice, remarkOf } from '../../pages/notice';
import { copyable, copyableLines } from '../../pages/copyable';
import { faultIn } from '../../pages/form-fault';
import { html, type Html } from '../../pages/html';
import { form, link } from '../../pages/form';
import { newKeys, tokenCurl } from '../new-keys';
import { submissionField } from '../../pages/submission';
import { singleUse } from '../single-use';
import { environmentOf, OwnApplications, type OwnApplication } from '../own-applications';
import type { Route } from '../router';
import type { PortalServices } from '../services';
import { actorOf, type UserVisit } from '../visit';

const DONE: Readonly<Record<string, string>> = {
  revoked: 'Secret revoked. All tokens issued with this key have been revoked.',
};

/** Creates the function that renders an application's page for its owner. */
export const applicationView = (services: PortalServices) => {
  const { apis, tokenUrl } = services;
  const own = new OwnApplications(services);

  const secretRow = (visit: UserVisit, { id }: OwnApplication, secret: SecretInfo): readonly (Html | string)[] => [
    secret.label ?? '—',
    secret.lastFour === undefined ? '' : `…${secret.lastFour}`,
    time(secret.createdAt),
    time(secret.expiresAt),
    time(secret.lastUsedAt),
    html`<form action="${visit.mount}/applications/${id}/secrets/${secret.id}">
      <button class="danger">Revoke</button>
    </form>`,
  ];

  const keysOf = (visit: UserVisit, application: OwnApplication, environment: Environment): Html => {
    const pair = application.keys[environment];
    if (pair === undefined) return html``;
    const { clientId, secrets } = pair;
    const heads = ['Label', 'Ends with', 'Created', 'Expires', 'Last used', ''];
    return html`<h2>${environment === 'production' ? 'Production keys' : 'Sandbox keys'}</h2>
      <dl>
        <dt>Consumer key</dt>
        <dd>${copyable('consumer-key', clientId, `the ${environment} consumer key`, `key-${environment}`)}</dd>
      </dl>
      ${
        application.isDeclared
          ? html`<p class="hint">Ask the gateway's operator for the secret.</p>`
          : table(
              `Secrets (${environment})`,
              heads,
              secrets.map((secret) => secretRow(visit, application, secret)),
            )
      }
      ${
        tokenUrl !== undefined &&
        html`<h3>Get a token with curl</h3>
          ${copyableLines(
            `curl-${environment}`,
            tokenCurl(tokenUrl, 'Authorization: Basic <base64 of consumer-key:consumer-secret>', visit.user.username),
            `the curl command (${environment})`,
          )}`
      }`;
  };

  const generateSecretForm = (visit: UserVisit, { id, keys }: OwnApplication): Html => {
    const present = ENVIRONMENTS.filter((environment) => keys[environment] !== undefined);
    if (present.length === 0) return html`<p>No keys yet: ${link(visit, '/subscriptions', 'generate them')}.</p>`;
    return html`<h2>Add a secret</h2>
      <p>Existing secrets keep working until you revoke them, so you can rotate clients one at a time.</p>
      ${form(
        visit,
        `/applications/${id}/secrets`,
        submissionField(visit),
        present.length > 1
          ? select(
              { name: 'environment', label: 'Environment' },
              present.map((environment) => ({ value: environment, text: environment })),
            )
          : html`<input type="hidden" name="environment" value="${present[0]}" />`,
        field({
          name: 'label',
          label: 'Label',
          value: visit.form.get('label'),
          optional: true,
          fault: faultIn(visit.fault, 'label'),
        }),
        field({
          name: 'expires',
          label: 'Expires',
          type: 'date',
          value: visit.form.get('expires'),
          optional: true,
          hint: 'Leave empty for no expiry.',
          fault: faultIn(visit.fault, 'expires'),
        }),
        passwordField(),
        html`<button>Generate secret</button>`,
      )}`;
  };

  return async (visit: UserVisit, remark?: Html): Promise<Answer> => {
    const application = await own.get(visit.user, visit.params['id'] ?? '');
    const { id, name, subscriptions, isDeclared } = application;
    const titles = subscriptions.map((api) => apis.get(api)?.title ?? api);
    return page(
      name,
      html`${remark}
        <p>Subscriptions: ${titles.length === 0 ? 'none' : titles.join(', ')}</p>
        ${isDeclared && html`<p class="hint">Managed in the gateway's configuration. You can't change it here.</p>`}
        ${ENVIRONMENTS.map((environment) => keysOf(visit, application, environment))}
        ${!isDeclared && generateSecretForm(visit, application)}
        ${!isDeclared && html`<p>${link(visit, `/applications/${id}/remove`, 'Remove this application')}</p>`}`,
    );
  };
};

export const applicationPages = (services: PortalServices): readonly Route[] => {
  const { applications, sessions, tokenUrl, audit } = services;
  const own = new OwnApplications(services);
  const applicationPage = applicationView(services);

  return [
    {
      method: 'GET',
      path: '/applications/:id',
      for: 'users',
      handle: (visit) => {
        const done = remarkOf(DONE, visit.query.get('done'));
        return applicationPage(visit, done === undefined ? undefined : notice('done', done));
      },
    },
    {
      method: 'POST',
      path: '/applications/:id/generate',
      for: 'users',
      handle: singleUse(sessions, async (visit) => {
        const application = await own.get(visit.user, visit.params['id'] ?? '');
        const environment = environmentOf(visit.form.get('environment'));
        if (application.keys[environment] !== undefined) {
          throw new DirectoryError(
            'ERR_SCOPEGATE_VALUE',
            `there is already a ${environment} key; add a secret to it instead`,
          );
        }
        const keys = await applications.generateKeys(application.id, { environment });
        audit.note({
          action: 'generate_keys',
          ...actorOf(visit.user),
          target: application.name,
          clientId: keys.clientId,
          detail: environment,
        });
        return page(`${application.name}: your new keys`, newKeys(visit, keys, tokenUrl));
      }),
    },
  ];
};
