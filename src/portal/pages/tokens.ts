import { page, redirect, type Answer } from '../../pages/answer';
import { opener } from '../../pages/form';
import { html } from '../../pages/html';
import type { GrantInfo } from '../../tokens/live-grants';
import { labelsOf } from '../application-labels';
import { doneRemark } from '../done';
import type { OwnClient } from '../own-applications';
import { consentsSection, revokeOwnConsent } from '../own-consents';
import type { PortalPage } from '../page';
import type { PageServices } from '../page-services';
import { tokensTable } from '../tokens-table';
import { actorOf, type PortalUser, type UserVisit } from '../visit';
import { problem } from './problem';

const TITLE = 'My tokens';

const DONE: Readonly<Record<string, string>> = {
  revoked: 'The token has ended.',
  'revoked-all': 'All of these tokens have ended.',
  'revoked-all-and-consents': 'All of these tokens have ended, and your consents have been revoked.',
  'consent-revoked': 'The consent has been revoked. Its tokens have ended.',
};

/** Returns the live grants of a user and of the user's applications, by grant id. */
const grantsOf = async (
  user: PortalUser,
  clients: readonly OwnClient[],
  { tokens }: PageServices,
): Promise<ReadonlyMap<string, GrantInfo>> => {
  const found = new Map<string, GrantInfo>();
  const owners = [{ user: user.subject }, ...clients.map(({ clientId }) => ({ clientId }))];
  for (const owner of owners) for await (const grant of tokens.find(owner)) found.set(grant.grantId, grant);
  return found;
};

const show = async (visit: UserVisit, services: PageServices): Promise<Answer> => {
  const clients = await services.ownApplications.clients(visit.user);
  const all = [...(await grantsOf(visit.user, clients, services)).values()].sort(
    (one, other) => (other.accessToken?.issuedAt ?? 0) - (one.accessToken?.issuedAt ?? 0),
  );
  const labels = labelsOf([...new Set(clients.map(({ application }) => application))]);
  const consents = await consentsSection(visit, services);
  return page(
    TITLE,
    html`${doneRemark(visit, DONE)}
    ${
      consents !== undefined &&
      html`${consents}
        <h2>Live tokens</h2>`
    }
    ${await tokensTable(visit, all, { labels, services })}
    ${
      (all.length > 0 || consents !== undefined) &&
      opener(visit, '/tokens/revoke-all', html`<button class="danger">Revoke all</button>`)
    }`,
  );
};

const revoke = async (visit: UserVisit, services: PageServices): Promise<Answer> => {
  const { user, params } = visit;
  const grant = (await grantsOf(user, await services.ownApplications.clients(user), services)).get(
    params['grant'] ?? '',
  );
  if (grant === undefined) return problem.notFound;
  const { grantId, clientId, subject } = grant;
  await services.tokens.revoke({ grantId });
  const target = subject === undefined ? {} : { target: subject };
  services.audit.note({ action: 'revoke_token', ...actorOf(user), clientId, ...target });
  return redirect('/tokens?done=revoked');
};

export const tokensPage: PortalPage = {
  path: '/tokens',
  title: (texts) => texts.tokens.mine,
  for: 'users',
  navigation: 'user',
  isReturnTarget: true,
  show,
  forms: [
    { path: '/tokens/:grant/revoke', handle: revoke },
    { path: '/tokens/consents/:consent/revoke', handle: revokeOwnConsent },
  ],
};
