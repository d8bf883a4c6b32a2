import type { Api } from '../../access/api';
import { scopesIn } from '../../access/requirement';
import type { Resource } from '../../access/resource';
import type { Answer } from '../../pages/answer';
import { whyNotGranted, type TokenTarget } from '../not-granted';
import type { PageServices } from '../page-services';
import { valueOf } from '../token-form';
import { issueToken, refusalOf, whyNoToken } from '../token-issue';
import type { UserVisit } from '../visit';
import { findOperation } from './operation';

const refuse = (summary: string): Answer => ({ kind: 'json', status: 400, value: { summary } });

interface NeededScopes {
  /** The ones to request. */
  readonly scopes: readonly string[];
  /** Reasons why others cannot be granted. */
  readonly refused: readonly string[];
}

/**
 * Divides the scopes of a resource into those to request and those that cannot be granted. Of alternatives, the first
 * that can be granted is enough.
 */
const neededScopes = (
  { access }: Resource,
  target: TokenTarget,
  visit: UserVisit,
  services: PageServices,
): NeededScopes => {
  if (access.kind !== 'scopes') return { scopes: [], refused: [] };
  const judged = scopesIn(access.requirement).map((scope) => ({
    scope,
    reason: whyNotGranted(scope, target, services, visit.texts),
  }));
  const granted = judged.flatMap(({ scope, reason }) => (reason === undefined ? [scope] : []));
  const refused = judged.flatMap(({ scope, reason }) =>
    reason === undefined ? [] : [visit.texts.tryIt.reason(scope, reason)],
  );
  const isAny = typeof access.requirement === 'object' && 'anyOf' in access.requirement;
  return isAny && granted.length > 0 ? { scopes: granted.slice(0, 1), refused: [] } : { scopes: granted, refused };
};

/** Returns why an API refuses every token of a client, or `undefined`. */
const whyApiRefuses = (api: Api, { client }: TokenTarget, { texts }: UserVisit): string | undefined => {
  const { application, environment } = client;
  if (!application.subscriptions.includes(api.name)) return texts.tryIt.notSubscribed(application.name, api.title);
  return environment === 'sandbox' && !api.sandbox ? texts.issuedTokens.noSandbox(api.title) : undefined;
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
  const obstacle = whyNoToken(visit, target.client, target.tokenFor.kind) ?? whyApiRefuses(api, target, visit);
  if (obstacle !== undefined) return refuse(obstacle);
  const { scopes, refused } = neededScopes(found.resource, target, visit, services);
  if (scopes.length === 0 && refused.length > 0) return refuse(texts.tryIt.notGrantable(refused.join('; ')));
  try {
    const issued = await issueToken(visit, { ...target, scopes }, services);
    const sentence = sentenceFor(visit, issued.scopes, refused, issued.expiresIn);
    return { kind: 'json', value: { token: issued.accessToken, client: valueOf(target.client), sentence } };
  } catch (error) {
    const refusal = refusalOf(visit, error);
    if (refusal === undefined) throw error;
    return refuse(refusal);
  }
};
