import { link } from '../../pages/form';
import { html, type Content, type Html } from '../../pages/html';
import { isGrantId } from '../../protocol/secrets';
import { ENVIRONMENTS } from '../../directory/key-pairs';
import type { OwnApplication } from './own-applications';
import type { PageServices } from '../page-services';
import type { UserVisit } from '../visit';

/** Maximum number of clients, and of tokens of each, that are read to find one that has been used. */
const MAX_READ = 10;

type Tokens = Pick<PageServices, 'tokens' | 'tokenUses'>;

/** Progress of a user from the sign-in to the first request. */
interface Progress {
  readonly isSubscribed: boolean;
  readonly hasToken: boolean;
  readonly hasCalled: boolean;
}

const findUse = async (clientId: string, { tokens, tokenUses }: Tokens): Promise<Omit<Progress, 'isSubscribed'>> => {
  const grants = [];
  for await (const { grantId } of tokens.find({ clientId })) {
    if (isGrantId(grantId)) grants.push(grantId);
    if (grants.length === MAX_READ) break;
  }
  const uses = grants.length === 0 ? [] : await tokenUses.lastOf(clientId, grants);
  return { hasToken: grants.length > 0, hasCalled: uses.some((use) => use !== undefined) };
};

const progressOf = async (mine: readonly OwnApplication[], tokens: Tokens): Promise<Progress> => {
  const keys = mine.flatMap((application) =>
    ENVIRONMENTS.flatMap((environment) => application.keys[environment] ?? []),
  );
  // A program with a secret is past these steps, even if its tokens have expired.
  const hasUsedSecret = keys.some(({ secrets }) => secrets.some(({ lastUsedAt }) => lastUsedAt !== undefined));
  if (hasUsedSecret) return { isSubscribed: true, hasToken: true, hasCalled: true };
  const uses = await Promise.all(keys.slice(0, MAX_READ).map(({ clientId }) => findUse(clientId, tokens)));
  return {
    isSubscribed: mine.some(({ subscriptions }) => subscriptions.length > 0),
    hasToken: uses.some(({ hasToken }) => hasToken),
    hasCalled: uses.some(({ hasCalled }) => hasCalled),
  };
};

/** Renders the steps from the sign-in to the first request, those that are done with a tick; nothing once all are. */
export const firstSteps = async (
  visit: UserVisit,
  mine: readonly OwnApplication[],
  tokens: Tokens,
): Promise<Html | undefined> => {
  const { welcome } = visit.texts;
  const { isSubscribed, hasToken, hasCalled } = await progressOf(mine, tokens);
  if (isSubscribed && hasToken && hasCalled) return undefined;
  const step = (number: number, isDone: boolean, text: Content): Html =>
    html`<li ${isDone && html`class="done"`}>
      <span class="mark" aria-hidden="true">${isDone ? '✓' : number}</span>
      <span>${text}${isDone && html`<span class="spoken"> (${welcome.done})</span>`}</span>
    </li>`;
  return html`<section class="card" aria-labelledby="first-steps">
    <h2 id="first-steps">${welcome.firstSteps}</h2>
    <ol class="steps">
      ${step(1, isSubscribed, welcome.subscribe)}
      ${step(2, hasToken, isSubscribed ? link(visit, '/try-it', welcome.getToken) : welcome.getToken)}
      ${step(3, hasCalled, hasToken ? link(visit, '/try-it', welcome.callApi) : welcome.callApi)}
    </ol>
  </section>`;
};
