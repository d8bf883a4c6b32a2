import { page, redirect, type Answer } from '../../pages/answer';
import { form, link, opener } from '../../pages/form';
import { breakable } from '../../pages/breakable';
import { html, type Content, type Html } from '../../pages/html';
import { table } from '../../pages/table';
import { time } from '../../pages/time';
import { printScope } from '../../protocol/scope';
import { isGrantId } from '../../protocol/secrets';
import type { GrantInfo } from '../../tokens/live-grants';
import { labelsOf } from '../application-labels';
import { doneRemark } from '../done';
import type { OwnClient } from '../own-applications';
import type { PortalPage } from '../page';
import type { PageServices } from '../page-services';
import { actorOf, type PortalUser, type UserVisit } from '../visit';
import { problem } from './problem';

const TITLE = 'My tokens';

const DONE: Readonly<Record<string, string>> = {
  revoked: 'The token has ended.',
  'revoked-all': 'All of these tokens have ended.',
};

const HEADS = ['For', 'Application', 'Scopes', 'Issued', 'Expires', 'Last used', ''];

const MAX_SHOWN = 500;

interface OwnGrant extends GrantInfo {
  readonly lastUsedAt?: number | undefined;
}

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

const withUses = async (grants: readonly GrantInfo[], { tokenUses }: PageServices): Promise<readonly OwnGrant[]> => {
  const uses = await Promise.all(
    grants.map(async ({ clientId, grantId }) =>
      isGrantId(grantId) ? (await tokenUses.lastOf(clientId, [grantId]))[0] : undefined,
    ),
  );
  return grants.map((grant, index) => ({ ...grant, lastUsedAt: uses[index] }));
};

type Labels = ReadonlyMap<string, string>;

const applicationName = async (clientId: string, labels: Labels, { directory }: PageServices): Promise<string> => {
  const application = (await directory.findFreshClient(clientId))?.application;
  return application === undefined ? clientId : (labels.get(application.id) ?? application.name);
};

/** Renders the button that revokes a token. Its accessible name stays short; its description identifies the token. */
const revokeForm = (visit: UserVisit, { grantId, accessToken }: OwnGrant, name: string): Html =>
  form(
    visit,
    `/tokens/${grantId}/revoke`,
    html`<button class="danger" aria-describedby="token-${grantId}">Revoke</button>
      <span class="spoken" id="token-${grantId}"
        >the token of ${name}${accessToken !== undefined && html` from ${time(accessToken.issuedAt)}`}</span
      >`,
  );

const row = async (
  visit: UserVisit,
  grant: OwnGrant,
  labels: Labels,
  services: PageServices,
): Promise<readonly Content[]> => {
  const { subject, scopes, accessToken, refreshToken, lastUsedAt } = grant;
  const name = `${await applicationName(grant.clientId, labels, services)} (${grant.environment})`;
  return [
    subject === undefined ? 'the application' : breakable(subject),
    breakable(name),
    html`<code>${breakable(printScope(scopes))}</code>`,
    accessToken === undefined ? 'expired, can be refreshed' : time(accessToken.issuedAt),
    time(accessToken?.expiresAt ?? refreshToken?.expiresAt),
    time(lastUsedAt),
    revokeForm(visit, grant, name),
  ];
};

const show = async (visit: UserVisit, services: PageServices): Promise<Answer> => {
  const clients = await services.ownApplications.clients(visit.user);
  const all = [...(await grantsOf(visit.user, clients, services)).values()].sort(
    (one, other) => (other.accessToken?.issuedAt ?? 0) - (one.accessToken?.issuedAt ?? 0),
  );
  const shown = await withUses(all.slice(0, MAX_SHOWN), services);
  const labels = labelsOf([...new Set(clients.map(({ application }) => application))]);
  const rows = await Promise.all(shown.map((grant) => row(visit, grant, labels, services)));
  return page(
    TITLE,
    html`${doneRemark(visit, DONE)}
    ${
      all.length === 0
        ? html`<p>No live tokens. ${link(visit, '/generate-token', 'Generate one')}.</p>`
        : html`${table('Live tokens issued for you or your applications', HEADS, rows)}
          ${all.length > shown.length && html`<p>And ${all.length - shown.length} more.</p>`}
          ${opener(visit, '/tokens/revoke-all', html`<button class="danger">Revoke all</button>`)}`
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
  title: TITLE,
  for: 'users',
  navigation: 'user',
  isReturnTarget: true,
  show,
  forms: [{ path: '/tokens/:grant/revoke', handle: revoke }],
};
