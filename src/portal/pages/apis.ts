import type { Api } from '../../access/api';
import type { Resource } from '../../access/resource';
import { scopesIn } from '../../access/requirement';
import { page, redirect } from '../../pages/answer';
import { labelsOf } from '../application-labels';
import { select } from '../../pages/fields';
import { table } from '../../pages/table';
import { notice } from '../../pages/notice';
import { copyable } from '../../pages/copyable';
import { html, type Html } from '../../pages/html';
import { form, link } from '../../pages/form';
import { submissionField } from '../../pages/submission';
import { singleUse } from '../single-use';
import { OwnApplications, type OwnApplication } from '../own-applications';
import { problem } from './problem';
import type { Route } from '../router';
import type { PortalServices } from '../services';
import { actorOf, type UserVisit } from '../visit';

/** Renders the access requirement of a resource. */
export const accessOf = ({ access }: Resource): Html => {
  if (access.kind === 'public') return html`public`;
  if (access.kind === 'token') return html`any token`;
  const scopes = scopesIn(access.requirement);
  const isAny = typeof access.requirement === 'object' && 'anyOf' in access.requirement;
  return html`${isAny && scopes.length > 1 && 'any of '}${scopes.map((scope) => html`<code>${scope}</code> `)}`;
};

export const apiPages = (services: PortalServices): readonly Route[] => {
  const { apis, issuer, tokenUrl, rules, applications, sessions, audit } = services;
  const own = new OwnApplications(services);
  const subscribed = redirect('/subscriptions?done=subscribed');

  const subscribeForm = (visit: UserVisit, { name, title }: Api, mine: readonly OwnApplication[]): Html => {
    const labels = labelsOf(mine);
    const open = mine.filter(({ isDeclared, subscriptions }) => !isDeclared && !subscriptions.includes(name));
    const holders = mine.filter(({ subscriptions }) => subscriptions.includes(name));
    const hasMade = mine.some(({ isDeclared }) => !isDeclared);
    return html`${
      holders.length > 0 &&
      html`<p>Subscribed: ${holders.map(({ id }) => html`${link(visit, `/applications/${id}`, labels.get(id))} `)}</p>`
    }
    ${
      (open.length > 0 || !hasMade) &&
      form(
        visit,
        `/apis/${name}/subscribe`,
        html`${submissionField(visit)}
          <div class="row">
            ${
              open.length > 1 &&
              select(
                { name: 'application', label: `Subscribe to ${title} with` },
                open.map(({ id, name: called }) => ({ value: id, text: labels.get(id) ?? called })),
                `application-${name}`,
              )
            }
            ${open.length === 1 && html`<input type="hidden" name="application" value="${open[0]?.id}" />`}
            <button aria-describedby="api-${name}">Subscribe</button>
          </div>`,
      )
    }`;
  };

  const apiCard = (visit: UserVisit, api: Api, mine: readonly OwnApplication[]): Html => {
    const { name, title, version, context, resources } = api;
    const rows = resources.map((resource) => [
      resource.methods.join(', '),
      html`<code>${resource.path}</code>`,
      accessOf(resource),
    ]);
    return html`<section class="card" aria-labelledby="api-${name}">
      <h2 id="api-${name}">${title}${version !== undefined && html` <small>${version}</small>`}</h2>
      <dl>
        <dt>Base URL</dt>
        <dd>${copyable(`base-url-${name}`, issuer.origin + context, `the base URL of ${title}`)}</dd>
      </dl>
      ${table(`Endpoints of ${title}`, ['Method', 'Path', 'Scopes'], rows)} ${subscribeForm(visit, api, mine)}
    </section>`;
  };

  const scopeList = (): Html =>
    html`<dl>
      ${[...rules.names].map((scope) => {
        const roles = rules.rolesOf(scope);
        return html`<dt><code>${scope}</code></dt>
          <dd>
            ${rules.describe(scope)} ${roles.length > 0 && html`<span class="hint">(roles: ${roles.join(', ')})</span>`}
          </dd>`;
      })}
    </dl>`;

  return [
    {
      method: 'GET',
      path: '/apis',
      for: 'users',
      handle: async (visit) => {
        const mine = await own.list(visit.user);
        return page(
          'APIs',
          html`${
              tokenUrl !== undefined &&
              html`<dl>
                <dt>Token URL</dt>
                <dd>${copyable('token-url', tokenUrl, 'the token URL')}</dd>
              </dl>`
            }
            ${apis.size === 0 && notice('done', 'No APIs are declared, so applications need no subscription.')}
            ${[...apis.values()].map((api) => apiCard(visit, api, mine))}
            <h2>Scopes</h2>
            ${scopeList()}`,
        );
      },
    },
    {
      method: 'POST',
      path: '/apis/:name/subscribe',
      for: 'users',
      handle: singleUse(
        sessions,
        async ({ params: { name = '' }, form: given, user }) => {
          const api = apis.get(name);
          if (api === undefined) return problem.notFound;
          const id = given.get('application');
          const application = id === undefined ? await own.getOrCreate(user) : await own.get(user, id);
          await applications.subscribe(application.id, name);
          audit.note({ action: 'subscribe', ...actorOf(user), target: application.name, detail: name });
          return subscribed;
        },
        redirect('/subscriptions'), // shows whether the first submission subscribed
      ),
    },
  ];
};
