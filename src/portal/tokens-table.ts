import { breakable } from '../pages/breakable';
import { form, link } from '../pages/form';
import { html, type Content, type Html } from '../pages/html';
import { table } from '../pages/table';
import { time } from '../pages/time';
import { printScope } from '../protocol/scope';
import { isGrantId } from '../protocol/secrets';
import type { GrantInfo } from '../tokens/live-grants';
import type { PageServices } from './page-services';
import { resourceTitle } from './resource-titles';
import type { UserVisit } from './visit';

const HEADS = ['For', 'Application', 'Scopes', 'Issued', 'Expires', 'Last used', ''];

const MAX_SHOWN = 500;

interface OwnGrant extends GrantInfo {
  readonly lastUsedAt?: number | undefined;
}

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

interface TableContext {
  readonly labels: Labels;
  readonly services: PageServices;
}

const row = async (
  visit: UserVisit,
  grant: OwnGrant,
  { labels, services }: TableContext,
): Promise<readonly Content[]> => {
  const { subject, scopes, audience, accessToken, refreshToken, lastUsedAt } = grant;
  const name = `${await applicationName(grant.clientId, labels, services)} (${grant.environment})`;
  return [
    subject === undefined ? 'the application' : breakable(subject),
    breakable(name),
    html`<code>${breakable(printScope(scopes))}</code>
      ${audience !== undefined && html`<small class="hint">${resourceTitle(audience, services)} only</small>`}`,
    accessToken === undefined ? 'expired, can be refreshed' : time(accessToken.issuedAt),
    time(accessToken?.expiresAt ?? refreshToken?.expiresAt),
    time(lastUsedAt),
    revokeForm(visit, grant, name),
  ];
};

/** Renders the table of live tokens, each with the button that revokes it. */
export const tokensTable = async (
  visit: UserVisit,
  all: readonly GrantInfo[],
  context: TableContext,
): Promise<Html> => {
  if (all.length === 0) return html`<p>No live tokens. ${link(visit, '/generate-token', 'Generate one')}.</p>`;
  const shown = await withUses(all.slice(0, MAX_SHOWN), context.services);
  const rows = await Promise.all(shown.map((grant) => row(visit, grant, context)));
  return html`${table('Live tokens issued for you or your applications', HEADS, rows)}
  ${all.length > shown.length && html`<p>And ${all.length - shown.length} more.</p>`}`;
};
