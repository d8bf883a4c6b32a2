import type { Api } from '../../access/api';
import type { Answer } from '../../pages/answer';
import { subscribePath } from '../catalogue/paths';
import { whyNotGranted, type TokenTarget } from '../tokens/not-granted';
import type { PageServices } from '../page-services';
import { valueOf } from '../tokens/token-form';
import { issueToken, refusalOf, whyNoToken } from '../tokens/token-issue';
import type { UserVisit } from '../visit';
import { neededScopes } from './needed-scopes';
import { findOperation } from './operation';

/** Another page, linked below the reason of a refusal. */
interface NextStep {
  /** Public path of the page. */
  readonly href: string;
  readonly text: string;
}

const refuse = (summary: string, next?: NextStep): Answer => ({
  kind: 'json',
  status: 400,
  value: { summary, ...(next === undefined ? {} : { next }) },
});

/** Returns the answer for a client of which the API refuses every token, or `undefined`. */
const refusalOfApi = (api: Api, { client }: TokenTarget, { texts, mount }: UserVisit): Answer | undefined => {
  const { application, environment } = client;
  const { tryIt, tryItPanel, issuedTokens } = texts;
  if (!application.subscriptions.includes(api.name)) {
    const next = { href: mount + subscribePath(api), text: tryItPanel.subscribe(api.title) };
    return refuse(tryIt.notSubscribed(application.name, api.title), next);
  }
  return environment === 'sandbox' && !api.sandbox ? refuse(issuedTokens.noSandbox(api.title)) : undefined;
};

const targetOf = async (
  { form: given, user }: UserVisit,
  { ownApplications }: PageServices,
): Promise<TokenTarget | undefined> => {
  const clients = await ownApplications.clients(user);
  const client = clients.find((candidate) => valueOf(candidate) === given.get('client'));
  if (client === undefined) return undefined;
  const isForClient = given.get('for') === 'client';
  return { client, tokenFor: isForClient ? { kind: 'client' } : { kind: 'user', roles: user.roles } };
};

const sentenceFor = (
  { texts }: UserVisit,
  scopes: readonly string[],
  refused: readonly string[],
  expiresIn: number,
): string => {
  const { tryIt, phrases } = texts;
  const duration = phrases.duration(expiresIn);
  const received = scopes.length === 0 ? tryIt.received(duration) : tryIt.receivedWith(phrases.list(scopes), duration);
  return refused.length === 0 ? received : `${received} ${tryIt.lacks(refused.join('; '))}`;
};

/**
 * Issues a token that has the scopes of one resource and no others. Answers with the token, which is in no page and no
 * address, or with the reason why there is none.
 */
export const issueResourceToken = async (visit: UserVisit, services: PageServices): Promise<Answer> => {
  const { form: given, texts } = visit;
  const api = services.apis.get(given.get('api') ?? '');
  const found = api && findOperation(api, given.get('method') ?? '', given.get('path') ?? '');
  if (api === undefined || found === undefined) return refuse(texts.tryIt.noResource);
  if (found.resource.access.kind === 'public') return refuse(texts.tryIt.isPublic);
  const target = await targetOf(visit, services);
  if (target === undefined) return refuse(texts.issuedTokens.chooseApplication);
  const obstacle = whyNoToken(visit, target.client, target.tokenFor.kind);
  if (obstacle !== undefined) return refuse(obstacle);
  const refusal = refusalOfApi(api, target, visit);
  if (refusal !== undefined) return refusal;
  const reasonFor = (scope: string): string | undefined => whyNotGranted(scope, target, services, texts);
  const needed = neededScopes(found.resource, (scope) => reasonFor(scope) === undefined);
  const { scopes } = needed;
  const refused = needed.refused.map((scope) => texts.tryIt.reason(scope, reasonFor(scope) ?? ''));
  if (scopes.length === 0 && refused.length > 0) return refuse(texts.tryIt.notGrantable(refused.join('; ')));
  try {
    const issued = await issueToken(visit, { ...target, scopes }, services);
    const sentence = sentenceFor(visit, issued.scopes, refused, issued.expiresIn);
    return { kind: 'json', value: { token: issued.accessToken, client: valueOf(target.client), sentence } };
  } catch (error) {
    const sentence = refusalOf(visit, error);
    if (sentence === undefined) throw error;
    return refuse(sentence);
  }
};
