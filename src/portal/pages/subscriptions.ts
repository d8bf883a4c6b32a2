import { ENVIRONMENTS } from '../../directory/key-pairs';
import { page, redirect, type Answer } from '../../pages/answer';
import { labelsOf } from '../application-labels';
import { field, select } from '../../pages/fields';
import { notice, remarkOf } from '../../pages/notice';
import { copyable } from '../../pages/copyable';
import { faultIn } from '../../pages/form-fault';
import { html, type Html } from '../../pages/html';
import { form, link, opener } from '../../pages/form';
import { submissionField } from '../../pages/submission';
import { singleUse } from '../single-use';
import { OwnApplications, type OwnApplication } from '../own-applications';
import type { Route } from '../router';
import type { PortalServices } from '../services';
import { stateOf } from '../state';
import { actorOf, type UserVisit } from '../visit';

const DONE: Readonly<Record<string, string>> = {
  subscribed: 'Subscribed. Generate a consumer key and secret, then generate a token.',
  unsubscribed: "Unsubscribed. The application's access tokens have been revoked.",
  created: 'Application created.',
  removed: 'Application removed, with its keys and tokens.',
};

export const subscriptionPages = (services: PortalServices): readonly Route[] => {
  const { apis, sessions, audit } = services;
  const own = new OwnApplications(services);
  const created = redirect('/subscriptions?done=created');

  const apiItem = (visit: UserVisit, { id, isDeclared }: OwnApplication, name: string): Html =>
    html`<li class="row">
      <span>${apis.get(name)?.title ?? name}</span>
      ${
        !isDeclared &&
        opener(
          visit,
          `/applications/${id}/unsubscribe`,
          html`<input type="hidden" name="api" value="${name}" />
            <button class="plain" aria-label="Unsubscribe from ${apis.get(name)?.title ?? name}">Unsubscribe</button>`,
        )
      }
    </li>`;

  const card = (visit: UserVisit, application: OwnApplication, label: string): Html => {
    const { id, name, keys, subscriptions, isDeclared } = application;
    const missing = ENVIRONMENTS.filter((environment) => keys[environment] === undefined);
    const subscribed = subscriptions.flatMap((api) => apis.get(api) ?? []);
    const noSandbox =
      missing.includes('sandbox') && subscribed.length > 0 && !subscribed.some(({ sandbox }) => sandbox);
    return html`<section class="card" aria-labelledby="application-${id}">
      <h2 id="application-${id}">${link(visit, `/applications/${id}`, label)}</h2>
      ${isDeclared && html`<p class="hint">Managed in the gateway's configuration. You can't change it here.</p>`}
      ${!application.enabled && html`<p class="hint">${stateOf(application)}.</p>`}
      ${
        subscriptions.length === 0
          ? html`<p>No API yet. ${link(visit, '/apis', 'Subscribe to one')}.</p>`
          : html`<ul>
              ${subscriptions.map((api) => apiItem(visit, application, api))}
            </ul>`
      }
      <dl>
        ${ENVIRONMENTS.flatMap((environment) => {
          const clientId = keys[environment]?.clientId;
          if (clientId === undefined) return [];
          return html`<dt>Consumer key (${environment})</dt>
            <dd>
              ${copyable('consumer-key', clientId, `the ${environment} consumer key of ${name}`, `key-${id}-${environment}`)}
            </dd>`;
        })}
      </dl>
      ${
        !isDeclared &&
        missing.length > 0 &&
        form(
          visit,
          `/applications/${id}/generate`,
          html`${submissionField(visit)}
            <div class="row">
              ${select(
                { name: 'environment', label: 'Environment' },
                missing.map((environment) => ({ value: environment, text: environment })),
                `environment-${id}`,
              )}
              <button aria-describedby="application-${id}">Generate</button>
            </div>
            ${noSandbox && html`<p class="hint">None of these APIs has a sandbox: they refuse tokens of a sandbox key.</p>`}`,
        )
      }
    </section>`;
  };

  const subscriptionsPage = async (visit: UserVisit, remark: Html | undefined): Promise<Answer> => {
    const mine = await own.list(visit.user);
    const labels = labelsOf(mine);
    return page(
      'My Subscriptions',
      html`${remark}
        ${
          mine.length === 0 &&
          html`<p>
            Three steps: ${link(visit, '/apis', 'subscribe')} to an API, generate a consumer key and secret here, and
            generate a token with them.
          </p>`
        }
        ${mine.map((application) => card(visit, application, labels.get(application.id) ?? application.name))}
        <h2>New application</h2>
        ${form(
          visit,
          '/applications',
          submissionField(visit),
          field({
            name: 'name',
            label: 'Application name',
            value: visit.form.get('name'),
            fault: faultIn(visit.fault, 'name'),
          }),
          html`<button>Create application</button>`,
        )}`,
    );
  };

  const create = singleUse(
    sessions,
    async ({ user, form: given }) => {
      const { name } = await own.create(user, given.get('name') ?? '');
      audit.note({ action: 'create_application', ...actorOf(user), target: name });
      return created;
    },
    redirect('/subscriptions'), // shows whether the first submission created it
  );

  return [
    {
      method: 'GET',
      path: '/subscriptions',
      for: 'users',
      handle: (visit) => {
        const done = remarkOf(DONE, visit.query.get('done'));
        return subscriptionsPage(visit, done === undefined ? undefined : notice('done', done));
      },
    },
    { method: 'POST', path: '/applications', page: '/subscriptions', for: 'users', handle: create },
  ];
};
