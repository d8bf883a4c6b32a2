import { page, redirect, type Answer } from '../../pages/answer';
import { link } from '../../pages/form';
import { html, type Html } from '../../pages/html';
import { notice } from '../../pages/notice';
import { issuedToken } from '../tokens/issued-token';
import type { TokenFor } from '../tokens/not-granted';
import type { OwnClient } from '../application/own-applications';
import type { PortalPage } from '../page';
import type { PageServices } from '../page-services';
import { fieldOf, type TokenChoice } from '../tokens/scope-boxes';
import { singleUse } from '../forms/single-use';
import { tokenForm, valueOf } from '../tokens/token-form';
import { issueToken, refusalOf, whyNoToken } from '../tokens/token-issue';
import type { UserVisit } from '../visit';

/** Returns the scopes that are selected in the form or named in the URL. None is selected for the user. */
const chosenScopes = ({ form: given, query }: UserVisit, names: Iterable<string>): ReadonlySet<string> => {
  const named = new Set(query.get('scopes')?.split(' '));
  return new Set([...names].filter((name) => given.has(fieldOf(name)) || named.has(name)));
};

const chosenClient = ({ form: given, query }: UserVisit, clients: readonly OwnClient[]): OwnClient | undefined => {
  const value = given.get('client') ?? query.get('client');
  return clients.find((client) => valueOf(client) === value);
};

const kindOf = ({ form: given, query }: UserVisit): TokenFor['kind'] =>
  (given.get('for') ?? query.get('for')) === 'client' ? 'client' : 'user';

const choiceFor = (client: OwnClient, visit: UserVisit, services: PageServices): TokenChoice => {
  const { user } = visit;
  const canBeForClient = !client.application.isDeclared && !client.application.public;
  const tokenFor: TokenFor =
    kindOf(visit) === 'client' && canBeForClient ? { kind: 'client' } : { kind: 'user', roles: user.roles };
  return { client, tokenFor, clientValue: valueOf(client), scopes: chosenScopes(visit, services.rules.names) };
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
  const { issuedTokens, tokens } = visit.texts;
  const all = await services.ownApplications.clients(visit.user);
  const clients = all.filter(({ application }) => application.enabled);
  const disabled = new Set(
    all.filter(({ application }) => !application.enabled).map(({ application }) => application.name),
  );
  const client = chosenClient(visit, clients) ?? clients[0];
  return page(
    tokens.generate,
    html`${content} ${heading !== undefined && html`<h2>${heading}</h2>`}
    ${
      client === undefined
        ? html`<p>${issuedTokens.noClient} ${link(visit, '/subscriptions', issuedTokens.generateKey)}.</p>`
        : tokenForm(visit, choiceFor(client, visit, services), clients, services)
    }
    ${disabled.size > 0 && html`<p class="hint">${issuedTokens.disabledOnes([...disabled].join(', '))}</p>`}`,
  );
};

const generate = async (visit: UserVisit, services: PageServices): Promise<Answer> => {
  const { issuedTokens } = visit.texts;
  const refuse = (text: string): Promise<Answer> => tokenPageOf(visit, services, { content: notice('wrong', text) });
  const client = chosenClient(visit, await services.ownApplications.clients(visit.user));
  if (client === undefined) return refuse(issuedTokens.chooseApplication);
  const reason = whyNoToken(visit, client, kindOf(visit));
  if (reason !== undefined) return refuse(reason);
  const choice = choiceFor(client, visit, services);
  try {
    const issued = await issueToken(visit, { ...choice, scopes: [...choice.scopes] }, services);
    const content = issuedToken(visit, choice, issued, services);
    return await tokenPageOf(visit, services, { content, heading: issuedTokens.another });
  } catch (error) {
    const refusal = refusalOf(visit, error);
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
    const isRepeated = visit.query.get('done') === 'before';
    const content = isRepeated ? notice('wrong', visit.texts.issuedTokens.doneBefore) : undefined;
    return tokenPageOf(visit, services, { content });
  },
  forms: [{ path: '/generate-token', handle: singleUse(generate, redirect('/generate-token?done=before')) }],
};
