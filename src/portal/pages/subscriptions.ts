import { ENVIRONMENTS } from '../../directory/key-pairs';
import { page, redirect } from '../answer';
import { copyable, field, notice, remarkOf, select } from '../fields';
import { faultIn } from '../form-fault';
import { html, type Html } from '../html';
import { form, link } from '../layout';
import { once, onceField } from '../once';
import { OwnApplications, type OwnApplication } from '../own-applications';
import { problem } from './problem';
import type { Route } from '../router';
import type { PortalServices } from '../services';
import { stateOf } from '../state';
import { by, type UserVisit } from '../visit';

const DONE: Readonly<Record<string, string>> = {
  subscribed: 'Subscribed. Generate a consumer key and secret, then generate a token.',
  unsubscribed: 'Unsubscribed. The access tokens of the application have ended.',
  created: 'The application has been created.',
  removed: 'The application and its tokens are gone.',
};

export const subscriptionPages = (services: PortalServices): readonly Route[] => {
  const { apis, applications, sessions, audit } = services;
  const own = new OwnApplications(services);
  const created = redirect('/subscriptions?done=created');

  const apiItem = (visit: UserVisit, { id, isDeclared }: OwnApplication, name: string): Html =>
    html`<li class="row">
      <span>${apis.get(name)?.title ?? name}</span>
      ${
        !isDeclared &&
        form(
          visit,
          `/applications/${id}/unsubscribe`,
          html`<input type="hidden" name="api" value="${name}" />
            <button class="plain" aria-label="Unsubscribe from ${apis.get(name)?.title ?? name}">Unsubscribe</button>`,
        )
      }
    </li>`;

  const card = (visit: UserVisit, application: OwnApplication): Html => {
    const { id, name, keys, subscriptions, isDeclared } = application;
    const missing = ENVIRONMENTS.filter((environment) => keys[environment] === undefined);
    return html`<section class="card" aria-labelledby="application-${id}">
      <h2 id="application-${id}">${link(visit, `/applications/${id}`, name)}</h2>
      ${isDeclared && html`<p class="hint">Declared by the operator: it cannot be changed here.</p>`}
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
          html`${onceField(visit)}
            <div class="row">
              ${select(
                { name: 'environment', label: 'Environment' },
                missing.map((environment) => ({ value: environment, text: environment })),
                `environment-${id}`,
              )}
              <button aria-describedby="application-${id}">Generate</button>
            </div>`,
        )
      }
    </section>`;
  };

  return [
    {
      method: 'GET',
      path: '/subscriptions',
      for: 'users',
      handle: async (visit) => {
        const mine = await own.list(visit.user);
        const done = remarkOf(DONE, visit.query.get('done'));
        return page(
          'My Subscriptions',
          html`${done !== undefined && notice('done', done)}
            ${
              mine.length === 0 &&
              html`<p>
                Three steps: ${link(visit, '/apis', 'subscribe')} to an API, generate a consumer key and secret here,
                and generate a token with them.
              </p>`
            }
            ${mine.map((application) => card(visit, application))}
            <h2>Another application</h2>
            ${form(
              visit,
              '/applications',
              onceField(visit),
              field({
                name: 'name',
                label: 'Application name',
                value: visit.form.get('name'),
                fault: faultIn(visit.fault, 'name'),
              }),
              html`<button>Create application</button>`,
            )}`,
        );
      },
    },
    {
      method: 'POST',
      path: '/applications',
      page: '/subscriptions',
      for: 'users',
      handle: once(
        sessions,
        async ({ user, form: given }) => {
          const { name } = await own.create(user, given.get('name') ?? '');
          audit.note({ action: 'create_application', ...by(user), target: name });
          return created;
        },
        redirect('/subscriptions'), // whether the first one has done it, the page shows
      ),
    },
    {
      method: 'POST',
      path: '/applications/:id/unsubscribe',
      for: 'users',
      handle: async ({ user, params: { id = '' }, form: given }) => {
        const application = await own.get(user, id);
        const api = given.get('api') ?? '';
        // A name that is nothing's would stand in the audit, and enough of them would push out the rest.
        if (!apis.has(api) && !application.subscriptions.includes(api)) return problem.notFound;
        await applications.unsubscribe(application.id, api);
        audit.note({ action: 'unsubscribe', ...by(user), target: application.name, detail: api });
        return redirect('/subscriptions?done=unsubscribed');
      },
    },
  ];
};
