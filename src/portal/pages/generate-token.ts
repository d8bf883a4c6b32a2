import { DirectoryError, OAuthError } from '../../protocol/errors';
import { printScope } from '../../protocol/scope';
import { page, redirect, type Answer } from '../../pages/answer';
import { notice } from '../../pages/notice';
import { html, type Html } from '../../pages/html';
import { issuedToken } from '../issued-token';
import { link } from '../../pages/form';
import type { TokenFor } from '../not-granted';
import { singleUse } from '../single-use';
import { OwnApplications, type OwnClient } from '../own-applications';
import type { Route } from '../router';
import { fieldOf, type TokenChoice } from '../scope-boxes';
import type { PortalServices } from '../services';
import { tokenForm, valueOf } from '../token-form';
import { actorOf, type UserVisit } from '../visit';

/** Returns the scopes that are selected in the form or named in the URL. */
const chosenScopes = ({ form: given, query }: UserVisit, names: Iterable<string>): readonly string[] => {
  const named = new Set((query.get('scopes') ?? '').split(' '));
  return [...names].filter((name) => given.has(fieldOf(name)) || named.has(name));
};

const chosenClient = ({ form: given, query }: UserVisit): string | undefined =>
  given.get('client') ?? query.get('client') ?? undefined;

const isForClient = ({ form: given, query }: UserVisit): boolean => (given.get('for') ?? query.get('for')) === 'client';

const DONE_BEFORE = 'This form was already submitted. If you missed its token, generate another and revoke the first.';

export const generateTokenPages = (services: PortalServices): readonly Route[] => {
  const { rules, tokens, sessions, audit } = services;
  const own = new OwnApplications(services);

  const tokenForOf = (visit: UserVisit, { application }: OwnClient): TokenFor =>
    isForClient(visit) && !application.isDeclared ? { kind: 'client' } : { kind: 'user', roles: visit.user.roles };

  /** Reads the choices from the form or the URL. @default the first client */
  const choiceOf = (visit: UserVisit, clients: readonly OwnClient[]): TokenChoice | undefined => {
    const client = clients.find((candidate) => valueOf(candidate) === chosenClient(visit)) ?? clients[0];
    if (client === undefined) return undefined;
    const scopes = new Set(chosenScopes(visit, rules.names));
    return { client, clientValue: valueOf(client), tokenFor: tokenForOf(visit, client), scopes };
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
          : tokenForm(visit, choice, clients, services)
      }
      ${disabled.size > 0 && html`<p class="hint">Not offered, because disabled: ${[...disabled].join(', ')}.</p>`}`,
    );
  };

  /** Returns the message of a refusal that the user can act on, or `undefined`. */
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
        ...actorOf(user),
        target: application.name,
        clientId,
        detail: printScope(result.scopes),
      });
      return await tokenPage(visit, issuedToken(visit, choice, result, services), 'Generate another token');
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
    { method: 'POST', path: '/generate-token', for: 'users', handle: singleUse(sessions, generate, onceAgain) },
  ];
};
