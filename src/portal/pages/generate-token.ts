import { page, redirect, type Answer } from '../../pages/answer';
import { link } from '../../pages/form';
import { html, type Html } from '../../pages/html';
import { notice } from '../../pages/notice';
import { DirectoryError, OAuthError } from '../../protocol/errors';
import { printScope } from '../../protocol/scope';
import type { IssuedTokens } from '../../tokens/issued-tokens';
import { issuedToken } from '../issued-token';
import type { TokenFor } from '../not-granted';
import type { OwnClient } from '../own-applications';
import type { PortalPage } from '../page';
import type { PageServices } from '../page-services';
import { fieldOf, type TokenChoice } from '../scope-boxes';
import { singleUse } from '../single-use';
import { tokenForm, valueOf } from '../token-form';
import { actorOf, type UserVisit } from '../visit';

const TITLE = 'Generate token';

const DONE_BEFORE = 'This form was already submitted. If you missed its token, generate another and revoke the first.';

/** Returns the scopes that are selected in the form or named in the URL. */
const chosenScopes = ({ form: given, query }: UserVisit, names: Iterable<string>): readonly string[] => {
  const named = new Set((query.get('scopes') ?? '').split(' '));
  return [...names].filter((name) => given.has(fieldOf(name)) || named.has(name));
};

const chosenClient = ({ form: given, query }: UserVisit, clients: readonly OwnClient[]): OwnClient | undefined => {
  const value = given.get('client') ?? query.get('client');
  return clients.find((client) => valueOf(client) === value);
};

const isForClient = ({ form: given, query }: UserVisit): boolean => (given.get('for') ?? query.get('for')) === 'client';

const choiceFor = (client: OwnClient, visit: UserVisit, { rules }: PageServices): TokenChoice => {
  const { user } = visit;
  const canBeForClient = !client.application.isDeclared && !client.application.public;
  const tokenFor: TokenFor =
    isForClient(visit) && canBeForClient ? { kind: 'client' } : { kind: 'user', roles: user.roles };
  return { client, clientValue: valueOf(client), tokenFor, scopes: new Set(chosenScopes(visit, rules.names)) };
};

interface PageTop {
  readonly content?: Html | undefined;
  /** Heading of the form below the content. */
  readonly heading?: string;
}

const tokenPageOf = async (
  visit: UserVisit,
  services: PageServices,
  { content, heading }: PageTop = {},
): Promise<Answer> => {
  const all = await services.ownApplications.clients(visit.user);
  const clients = all.filter(({ application }) => application.enabled);
  const disabled = new Set(
    all.filter(({ application }) => !application.enabled).map(({ application }) => application.name),
  );
  const client = chosenClient(visit, clients) ?? clients[0];
  return page(
    TITLE,
    html`${content} ${heading !== undefined && html`<h2>${heading}</h2>`}
    ${
      client === undefined
        ? html`<p>
            You need an application with a consumer key first. ${link(visit, '/subscriptions', 'Generate one')}.
          </p>`
        : tokenForm(visit, choiceFor(client, visit, services), clients, services)
    }
    ${disabled.size > 0 && html`<p class="hint">Disabled applications are not offered: ${[...disabled].join(', ')}.</p>`}`,
  );
};

/** Returns why no token can be generated for the choice, or `undefined`. */
const whyRefused = (visit: UserVisit, { application }: OwnClient): string | undefined => {
  const { name, enabled, isDeclared, public: isPublic } = application;
  if (!enabled) return `${name} is disabled. Choose another application.`;
  if (!isForClient(visit)) return undefined;
  if (isPublic) return `${name} is public and gets tokens for its users only.`;
  if (!isDeclared) return undefined;
  return `${name} is managed in the gateway's configuration. Request a token for the application itself at the token endpoint, with its secret.`;
};

/** Returns the message of an error that the user can act on, or `undefined`. */
const refusalOf = (error: unknown): string | undefined => {
  if (error instanceof OAuthError && [400, 429].includes(error.status)) return error.message;
  const isGone = error instanceof DirectoryError && error.code === 'ERR_SCOPEGATE_NOT_FOUND';
  return isGone ? 'This application has been disabled or removed. Choose another.' : undefined;
};

const issue = async (
  { user }: UserVisit,
  { client: { clientId }, tokenFor, scopes: chosen }: TokenChoice,
  { tokens }: PageServices,
): Promise<IssuedTokens> => {
  const scopes = [...chosen];
  if (tokenFor.kind === 'client') return tokens.issue({ clientId, scopes });
  return tokens.issueSignedIn({ clientId, subject: user.subject, scopes, roles: user.roles });
};

const generate = async (visit: UserVisit, services: PageServices): Promise<Answer> => {
  const refuse = (text: string): Promise<Answer> => tokenPageOf(visit, services, { content: notice('wrong', text) });
  const client = chosenClient(visit, await services.ownApplications.clients(visit.user));
  if (client === undefined) return refuse('Choose an application.');
  const reason = whyRefused(visit, client);
  if (reason !== undefined) return refuse(reason);
  const choice = choiceFor(client, visit, services);
  try {
    const issued = await issue(visit, choice, services);
    const facts = { target: client.application.name, clientId: client.clientId, detail: printScope(issued.scopes) };
    services.audit.note({ action: 'generate_token', ...actorOf(visit.user), ...facts });
    const content = issuedToken(visit, choice, issued, services);
    return await tokenPageOf(visit, services, { content, heading: 'Generate another token' });
  } catch (error) {
    const refusal = refusalOf(error);
    if (refusal === undefined) throw error;
    return refuse(refusal);
  }
};

export const generateTokenPage: PortalPage = {
  path: '/generate-token',
  title: (texts) => texts.tokens.generate,
  for: 'users',
  navigation: 'user',
  isReturnTarget: true,
  show: (visit, services) => {
    const content = visit.query.get('done') === 'before' ? notice('wrong', DONE_BEFORE) : undefined;
    return tokenPageOf(visit, services, { content });
  },
  forms: [{ path: '/generate-token', handle: singleUse(generate, redirect('/generate-token?done=before')) }],
};
