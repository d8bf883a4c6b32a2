import { emptyState } from '../../pages/empty-state';
import { link } from '../../pages/form';
import { html, type Html } from '../../pages/html';
import type { GrantInfo } from '../../tokens/live-grants';
import { labelsOf } from '../application/application-labels';
import { numberedPage, pageLinks, type NumberedPage } from '../numbered-page';
import type { OwnGrants } from './own-grants';
import type { PageServices } from '../page-services';
import { tokensTable, type TokenList } from './tokens-table';
import type { UserVisit } from '../visit';
import type { TokenScope } from './token-scope';

const PAGE_LENGTH = 50;

/** Returns the names of applications by consumer key, also of those that belong to other users. */
const findNames = async (
  grants: readonly GrantInfo[],
  { texts }: UserVisit,
  { applications }: TokenScope,
  { directory }: PageServices,
): Promise<ReadonlyMap<string, string>> => {
  const labels = labelsOf(applications, texts);
  const clientIds = [...new Set(grants.map(({ clientId }) => clientId))];
  // All in this tick, to share a round trip.
  const found = await Promise.all(clientIds.map((clientId) => directory.findFreshClient(clientId)));
  return new Map(
    clientIds.map((clientId, index) => {
      const application = found[index]?.application;
      return [clientId, application === undefined ? clientId : (labels.get(application.id) ?? application.name)];
    }),
  );
};

const listOf = (
  { texts: { myTokens } }: UserVisit,
  { chosen }: TokenScope,
  { number }: NumberedPage<GrantInfo>,
  names: ReadonlyMap<string, string>,
): TokenList => {
  const clientOf = ({ clientId, environment }: GrantInfo): string =>
    myTokens.client(names.get(clientId) ?? clientId, myTokens.environments[environment]);
  return {
    caption: myTokens.caption,
    issuerHead: myTokens.heads.application,
    issuerOf: clientOf,
    clientOf,
    revokePath: ({ grantId }) => `/tokens/${grantId}/revoke`,
    fieldsOf: (next) => ({
      application: chosen?.id ?? '',
      page: String(number),
      ...(next === undefined ? {} : { next: next.grantId }),
    }),
  };
};

/** Renders a page of live tokens, each with the button that revokes it. */
export const liveTokens = async (
  visit: UserVisit,
  scope: TokenScope,
  { grants, isComplete }: OwnGrants,
  services: PageServices,
): Promise<Html> => {
  const { myTokens } = visit.texts;
  const { chosen } = scope;
  if (grants.length === 0) {
    const text = chosen === undefined ? myTokens.none : myTokens.noneOf(chosen.name);
    return emptyState(text, link(visit, '/generate-token', myTokens.generate));
  }
  const shown = numberedPage(grants, visit.query.get('page'), PAGE_LENGTH);
  const list = listOf(visit, scope, shown, await findNames(shown.items, visit, scope, services));
  const incomplete = chosen === undefined ? myTokens.incomplete : myTokens.incompleteOf;
  return html`${await tokensTable(visit, shown.items, list, services)}
  ${pageLinks(visit, shown, { parameters: { application: chosen?.id ?? '' } })}
  ${!isComplete && html`<p class="hint">${incomplete(grants.length)}</p>`}`;
};
