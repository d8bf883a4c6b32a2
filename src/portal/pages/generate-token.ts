import { DirectoryError, OAuthError } from '../../protocol/errors';
import { printScope } from '../../protocol/scope';
import type { IssuedTokens } from '../../tokens/issued-tokens';
import { page, redirect, type Answer } from '../answer';
import { labelsOf } from '../application-labels';
import { durationOf } from '../duration';
import { copyable, notice, select, time } from '../fields';
import { html, type Html } from '../html';
import { form, link } from '../layout';
import { whyNotGranted, type TokenFor } from '../not-granted';
import { once, onceField } from '../once';
import { OwnApplications, type OwnClient } from '../own-applications';
import type { Route } from '../router';
import { fieldOf, scopeBoxes, type TokenChoice } from '../scope-boxes';
import type { PortalServices } from '../services';
import { by, type StoreUser, type UserVisit } from '../visit';

const valueOf = ({ application, environment }: OwnClient): string => `${application.id}.${environment}`;

/** The scopes that a form has ticked, or an address has named. */
const chosenScopes = ({ form: given, query }: UserVisit, names: Iterable<string>): readonly string[] => {
  const named = new Set((query.get('scopes') ?? '').split(' '));
  return [...names].filter((name) => given.has(fieldOf(name)) || named.has(name));
};

const chosenClient = ({ form: given, query }: UserVisit): string | undefined =>
  given.get('client') ?? query.get('client') ?? undefined;

const isForClient = ({ form: given, query }: UserVisit): boolean => (given.get('for') ?? query.get('for')) === 'client';

const DONE_BEFORE = 'This form was already submitted. If you missed its token, generate another and revoke the first.';

export const generateTokenPages = (services: PortalServices): readonly Route[] => {
  const { rules, tokens, sessions, clock, audit } = services;
  const own = new OwnApplications(services);

  const tokenForOf = (visit: UserVisit, { application }: OwnClient): TokenFor =>
    isForClient(visit) && !application.isDeclared ? { kind: 'client' } : { kind: 'user', roles: visit.user.roles };

  /** What is chosen by an address or a form; the first client where neither names one. */
  const choiceOf = (visit: UserVisit, clients: readonly OwnClient[]): TokenChoice | undefined => {
    const client = clients.find((candidate) => valueOf(candidate) === chosenClient(visit)) ?? clients[0];
    if (client === undefined) return undefined;
    const scopes = new Set(chosenScopes(visit, rules.names));
    return { client, clientValue: valueOf(client), tokenFor: tokenForOf(visit, client), scopes };
  };

  const clientLabels = (clients: readonly OwnClient[]): ReadonlyMap<string, string> => {
    const labels = labelsOf([...new Set(clients.map(({ application }) => application))]);
    return new Map(
      clients.map((client) => [
        valueOf(client),
        `${labels.get(client.application.id) ?? client.application.name} (${client.environment})`,
      ]),
    );
  };

  const forWhom = ({ username }: StoreUser, { tokenFor, client }: TokenChoice): Html => {
    const radio = (kind: TokenFor['kind'], text: string): Html =>
      html`<p>
        <input type="radio" id="for-${kind}" name="for" value="${kind}" ${tokenFor.kind === kind && html`checked`} />
        <label for="for-${kind}" class="inline">${text}</label>
      </p>`;
    return html`<fieldset>
      <legend>Token for</legend>
      ${radio('user', `Me (${username})`)}
      ${
        client.application.isDeclared
          ? html`<p class="hint">
              A token for this application itself needs its secret: request it at the token endpoint.
            </p>`
          : radio('client', 'No user (client credentials)')
      }
    </fieldset>`;
  };

  /** Chooses the application by GET, so that the page works without JavaScript. */
  const chooser = (visit: UserVisit, choice: TokenChoice, labels: ReadonlyMap<string, string>): Html =>
    html`<form method="get" action="${visit.mount}/generate-token" data-choose autocomplete="off">
      ${choice.scopes.size > 0 && html`<input type="hidden" name="scopes" value="${[...choice.scopes].join(' ')}" />`}
      ${select(
        { name: 'client', label: 'Application', chosen: choice.clientValue },
        [...labels].map(([value, text]) => ({ value, text })),
      )}
      ${forWhom(visit.user, choice)}
      <p><button class="plain">Choose</button></p>
    </form>`;

  const tokenForm = (visit: UserVisit, choice: TokenChoice, labels: ReadonlyMap<string, string>): Html =>
    html`${chooser(visit, choice, labels)}
    ${form(
      visit,
      '/generate-token',
      onceField(visit),
      html`<input type="hidden" name="client" value="${choice.clientValue}" />
        <input type="hidden" name="for" value="${choice.tokenFor.kind}" />
        <fieldset id="offer" class="bare">
          <legend>Scopes for ${labels.get(choice.clientValue)}</legend>
          ${scopeBoxes(visit, choice, services)}
          <button>Generate token</button>
        </fieldset>`,
    )}`;

  const issued = (choice: TokenChoice, given: IssuedTokens, visit: UserVisit): Html => {
    const { client, clientValue, tokenFor, scopes } = choice;
    const notGranted = [...scopes].filter((scope) => !given.scopes.includes(scope));
    const granted = html`<code data-testid="granted-scope">${printScope(given.scopes)}</code>`;
    return html`<div data-token-result data-token-client="${clientValue}">
      ${notice(
        'done',
        html`Copy the token now. It won't be shown again. It expires in ${durationOf(given.expiresIn)}, at
        ${time(clock() + given.expiresIn)}.`,
      )}
      <dl>
        <dt>Access token</dt>
        <dd>${copyable('access-token', given.accessToken, 'the access token')}</dd>
        ${
          given.refreshToken !== undefined &&
          html`<dt>Refresh token</dt>
            <dd>${copyable('refresh-token', given.refreshToken, 'the refresh token')}</dd>`
        }
        <dt>Scopes</dt>
        <dd>
          ${given.scopes.length === 0 ? html`none (the token carries the placeholder scope ${granted})` : granted}
        </dd>
      </dl>
      ${
        notGranted.length > 0 &&
        html`<h2>Not granted</h2>
          <ul data-testid="left-out">
            ${notGranted.map((scope) => {
              const reason = whyNotGranted(scope, client, tokenFor, services) ?? 'your rights have changed; try again';
              return html`<li><code>${scope}</code>: ${reason}</li>`;
            })}
          </ul>`
      }
      <p>${link(visit, '/try-it', 'Try it')} · ${link(visit, '/tokens', 'My tokens')}</p>
    </div>`;
  };

  const tokenPage = async (visit: UserVisit, above?: Html, heading?: string): Promise<Answer> => {
    const all = await own.clients(visit.user);
    const clients = all.filter(({ application }) => application.enabled);
    const disabled = new Set(
      all.filter(({ application }) => !application.enabled).map(({ application }) => application.name),
    );
    const choice = choiceOf(visit, clients);
    return page(
      'Generate token',
      html`${above} ${heading !== undefined && html`<h2>${heading}</h2>`}
      ${
        choice === undefined
          ? html`<p>
              You need an application with a consumer key first. ${link(visit, '/subscriptions', 'Generate one')}.
            </p>`
          : tokenForm(visit, choice, clientLabels(clients))
      }
      ${disabled.size > 0 && html`<p class="hint">Not offered, because disabled: ${[...disabled].join(', ')}.</p>`}`,
    );
  };

  /** A refusal that the user can do something about, or `undefined`. */
  const refusalOf = (error: unknown): string | undefined => {
    if (error instanceof OAuthError && error.status === 400) return error.message;
    const isGone = error instanceof DirectoryError && error.code === 'ERR_SCOPEGATE_NOT_FOUND';
    return isGone ? 'The application was disabled or removed meanwhile. Choose another.' : undefined;
  };

  const generate = async (visit: UserVisit): Promise<Answer> => {
    const { user } = visit;
    const clients = await own.clients(user);
    const client = clients.find((candidate) => valueOf(candidate) === chosenClient(visit));
    if (client === undefined) return tokenPage(visit, notice('wrong', 'Choose an application.'));
    const { application, clientId } = client;
    if (!application.enabled)
      return tokenPage(visit, notice('wrong', `${application.name} is disabled. Choose another application.`));
    if (isForClient(visit) && application.isDeclared) {
      const cure = 'Request a token for the application itself at the token endpoint, with its secret.';
      return tokenPage(
        visit,
        notice('wrong', `${application.name} is managed in the gateway's configuration. ${cure}`),
      );
    }
    const choice = choiceOf(visit, [client]);
    if (choice === undefined) return tokenPage(visit);
    const scopes = [...choice.scopes];
    try {
      const result =
        choice.tokenFor.kind === 'client'
          ? await tokens.issue({ clientId, scopes })
          : await tokens.issueSignedIn({ clientId, subject: user.subject, scopes, roles: user.roles });
      audit.note({
        action: 'generate_token',
        ...by(user),
        target: application.name,
        clientId,
        detail: printScope(result.scopes),
      });
      return await tokenPage(visit, issued(choice, result, visit), 'Generate another token');
    } catch (error) {
      const refusal = refusalOf(error);
      if (refusal === undefined) throw error;
      return tokenPage(visit, notice('wrong', refusal));
    }
  };

  const onceAgain = redirect('/generate-token?done=before');

  return [
    {
      method: 'GET',
      path: '/generate-token',
      for: 'users',
      handle: (visit) =>
        tokenPage(visit, visit.query.get('done') === 'before' ? notice('wrong', DONE_BEFORE) : undefined),
    },
    { method: 'POST', path: '/generate-token', for: 'users', handle: once(sessions, generate, onceAgain) },
  ];
};
