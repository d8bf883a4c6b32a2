import type { GrantInfo } from '../../tokens/live-grants';
import { isGrantId } from '../../protocol/secrets';
import { printScope } from '../../protocol/scope';
import { page, redirect } from '../../pages/answer';
import { labelsOf } from '../application-labels';
import { breakable } from '../../pages/breakable';
import { table } from '../../pages/table';
import { time } from '../../pages/time';
import { notice, remarkOf } from '../../pages/notice';
import { html, type Html } from '../../pages/html';
import { form, link, opener } from '../../pages/form';
import { OwnApplications, type OwnClient } from '../own-applications';
import { problem } from './problem';
import type { Route } from '../router';
import type { PortalServices } from '../services';
import { actorOf, type PortalUser, type UserVisit } from '../visit';

const DONE: Readonly<Record<string, string>> = {
  revoked: 'The token has ended.',
  'revoked-all': 'All of these tokens have ended.',
};

const MAX_SHOWN = 500;

interface OwnGrant extends GrantInfo {
  readonly lastUsedAt?: number | undefined;
}

export const tokenPages = (services: PortalServices): readonly Route[] => {
  const { tokens, tokenUses, directory, audit } = services;
  const own = new OwnApplications(services);

  /** Returns the live grants of a user and of the user's applications, by grant id. */
  const grantsOf = async (user: PortalUser, clients: readonly OwnClient[]): Promise<ReadonlyMap<string, GrantInfo>> => {
    const found = new Map<string, GrantInfo>();
    const owners = [{ user: user.subject }, ...clients.map(({ clientId }) => ({ clientId }))];
    for (const owner of owners) for await (const grant of tokens.find(owner)) found.set(grant.grantId, grant);
    return found;
  };

  const withUses = async (grants: readonly GrantInfo[]): Promise<readonly OwnGrant[]> => {
    const uses = await Promise.all(
      grants.map(async ({ clientId, grantId }) =>
        isGrantId(grantId) ? (await tokenUses.lastOf(clientId, [grantId]))[0] : undefined,
      ),
    );
    return grants.map((grant, index) => ({ ...grant, lastUsedAt: uses[index] }));
  };

  const applicationName = async (clientId: string, labels: ReadonlyMap<string, string>): Promise<string> => {
    const application = (await directory.findFreshClient(clientId))?.application;
    return application === undefined ? clientId : (labels.get(application.id) ?? application.name);
  };

  const row = async (
    visit: UserVisit,
    grant: OwnGrant,
    labels: ReadonlyMap<string, string>,
  ): Promise<readonly (Html | string)[]> => {
    const { grantId, accessToken } = grant;
    const name = `${await applicationName(grant.clientId, labels)} (${grant.environment})`;
    return [
      grant.subject === undefined ? 'the application' : breakable(grant.subject),
      breakable(name),
      html`<code>${breakable(printScope(grant.scopes))}</code>`,
      accessToken === undefined ? 'expired, can be refreshed' : time(accessToken.issuedAt),
      time(accessToken?.expiresAt ?? grant.refreshToken?.expiresAt),
      time(grant.lastUsedAt),
      // The accessible name of the button stays short; its description identifies the token.
      form(
        visit,
        `/tokens/${grantId}/revoke`,
        html`<button class="danger" aria-describedby="token-${grantId}">Revoke</button>
          <span class="spoken" id="token-${grantId}"
            >the token of ${name}${accessToken !== undefined && html` from ${time(accessToken.issuedAt)}`}</span
          >`,
      ),
    ];
  };

  return [
    {
      method: 'GET',
      path: '/tokens',
      for: 'users',
      handle: async (visit) => {
        const clients = await own.clients(visit.user);
        const all = [...(await grantsOf(visit.user, clients)).values()].sort(
          (one, other) => (other.accessToken?.issuedAt ?? 0) - (one.accessToken?.issuedAt ?? 0),
        );
        const shown = await withUses(all.slice(0, MAX_SHOWN));
        const heads = ['For', 'Application', 'Scopes', 'Issued', 'Expires', 'Last used', ''];
        const labels = labelsOf([...new Set(clients.map(({ application }) => application))]);
        const rows = await Promise.all(shown.map((grant) => row(visit, grant, labels)));
        const done = remarkOf(DONE, visit.query.get('done'));
        return page(
          'My tokens',
          html`${done !== undefined && notice('done', done)}
          ${
            all.length === 0
              ? html`<p>No live tokens. ${link(visit, '/generate-token', 'Generate one')}.</p>`
              : html`${table('Live tokens issued for you or your applications', heads, rows)}
                ${all.length > shown.length && html`<p>And ${all.length - shown.length} more.</p>`}
                ${opener(visit, '/tokens/revoke-all', html`<button class="danger">Revoke all</button>`)}`
          }`,
        );
      },
    },
    {
      method: 'POST',
      path: '/tokens/:grant/revoke',
      for: 'users',
      handle: async ({ user, params: { grant: grantId = '' } }) => {
        const grant = (await grantsOf(user, await own.clients(user))).get(grantId);
        if (grant === undefined) return problem.notFound;
        await tokens.revoke({ grantId });
        audit.note({
          action: 'revoke_token',
          ...actorOf(user),
          clientId: grant.clientId,
          ...(grant.subject === undefined ? {} : { target: grant.subject }),
        });
        return redirect('/tokens?done=revoked');
      },
    },
  ];
};
