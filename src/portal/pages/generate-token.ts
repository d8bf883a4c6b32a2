import { OAuthError } from '../../protocol/errors';
import { printScope } from '../../protocol/scope';
import type { IssuedTokens } from '../../tokens/issued-tokens';
import { page, type Answer } from '../answer';
import { copyable, notice, select } from '../fields';
import { html, type Html } from '../html';
import { form, link } from '../layout';
import { whyLeftOut } from '../left-out';
import { OwnApplications, type OwnClient } from '../own-applications';
import type { Route } from '../router';
import type { PortalServices } from '../services';
import { by, type UserVisit } from '../visit';

const valueOf = ({ application, environment }: OwnClient): string => `${application.id}.${environment}`;

const fieldOf = (scope: string): string => `scope ${scope}`;

/** The scopes that a form has ticked, or an address has named. */
const chosenScopes = ({ form: given, query }: UserVisit, names: Iterable<string>): readonly string[] => {
  const named = new Set((query.get('scopes') ?? '').split(' '));
  return [...names].filter((name) => given.has(fieldOf(name)) || named.has(name));
};

export const generateTokenPages = (services: PortalServices): readonly Route[] => {
  const { rules, tokens, audit } = services;
  const own = new OwnApplications(services);

  const scopeBox = (name: string, isChosen: boolean): Html => {
    const id = `scope-${[...rules.names].indexOf(name)}`;
    const described = rules.describe(name);
    return html`<p>
      <input
        type="checkbox"
        id="${id}"
        name="${fieldOf(name)}"
        ${isChosen && html`checked`}
        ${described !== undefined && html`aria-describedby="${id}-hint"`}
      />
      <label for="${id}" class="inline">${name}</label>
      ${described !== undefined && html`<small id="${id}-hint" class="hint">${described}</small>`}
    </p>`;
  };

  const tokenForm = (visit: UserVisit, clients: readonly OwnClient[]): Html => {
    const chosen = new Set(chosenScopes(visit, rules.names));
    const forClient = visit.form.get('for') === 'client';
    return form(
      visit,
      '/generate-token',
      select(
        {
          name: 'client',
          label: 'Application',
          chosen: visit.form.get('client') ?? visit.query.get('client') ?? undefined,
        },
        clients.map((client) => ({
          value: valueOf(client),
          text: `${client.application.name} (${client.environment})`,
        })),
      ),
      html`<fieldset>
        <legend>For</legend>
        <p>
          <input type="radio" id="for-user" name="for" value="user" ${!forClient && html`checked`} />
          <label for="for-user" class="inline">me, ${visit.user.username}</label>
        </p>
        <p>
          <input type="radio" id="for-client" name="for" value="client" ${forClient && html`checked`} />
          <label for="for-client" class="inline">the client itself (client credentials)</label>
        </p>
      </fieldset>`,
      rules.names.size > 0 &&
        html`<fieldset>
          <legend>Scopes</legend>
          ${[...rules.names].map((name) => scopeBox(name, chosen.has(name)))}
        </fieldset>`,
      html`<button>Generate token</button>`,
    );
  };

  const issued = (visit: UserVisit, client: OwnClient, asked: readonly string[], given: IssuedTokens): Html => {
    const leftOut = asked.filter((scope) => !given.scopes.includes(scope));
    return html`<div data-token-result data-token-client="${valueOf(client)}">
      <p class="notice done" role="status">The token is shown this once. It expires in ${given.expiresIn} seconds.</p>
      <dl>
        <dt>Access token</dt>
        <dd>${copyable('access-token', given.accessToken, 'the access token')}</dd>
        ${
          given.refreshToken !== undefined &&
          html`<dt>Refresh token</dt>
            <dd>${copyable('refresh-token', given.refreshToken, 'the refresh token')}</dd>`
        }
        <dt>Granted</dt>
        <dd><code data-testid="granted-scope">${printScope(given.scopes)}</code></dd>
      </dl>
      ${
        leftOut.length > 0 &&
        html`<h2>Left out</h2>
          <ul data-testid="left-out">
            ${leftOut.map((scope) => html`<li><code>${scope}</code>: ${whyLeftOut(scope, client, services)}</li>`)}
          </ul>`
      }
      <p>${link(visit, '/try-it', 'Try it')} · ${link(visit, '/tokens', 'My tokens')}</p>
    </div>`;
  };

  const tokenPage = async (visit: UserVisit, above?: Html): Promise<Answer> => {
    const clients = await own.clients(visit.user);
    return page(
      'Generate token',
      html`${above}
      ${
        clients.length === 0
          ? html`<p>
              A token is issued to an application with a consumer key: ${link(visit, '/subscriptions', 'generate one')}
              first.
            </p>`
          : html`${above !== undefined && html`<h2>Another token</h2>`} ${tokenForm(visit, clients)}`
      }`,
    );
  };

  const generate = async (visit: UserVisit): Promise<Answer> => {
    const { user, form: given } = visit;
    const client = (await own.clients(user)).find((candidate) => valueOf(candidate) === given.get('client'));
    if (client === undefined) return tokenPage(visit, notice('wrong', 'Choose an application.'));
    const scopes = chosenScopes(visit, rules.names);
    const { clientId } = client;
    try {
      const result =
        given.get('for') === 'client'
          ? await tokens.issue({ clientId, scopes })
          : await tokens.issueSignedIn({ clientId, subject: user.subject, scopes, roles: user.roles });
      audit.note({
        action: 'generate_token',
        ...by(user),
        target: client.application.name,
        clientId,
        detail: printScope(result.scopes),
      });
      return await tokenPage(visit, issued(visit, client, scopes, result));
    } catch (error) {
      if (!(error instanceof OAuthError) || error.status !== 400) throw error;
      return tokenPage(visit, notice('wrong', error.message));
    }
  };

  return [
    { method: 'GET', path: '/generate-token', for: 'users', handle: (visit) => tokenPage(visit) },
    { method: 'POST', path: '/generate-token', for: 'users', handle: generate },
  ];
};
