import { emptyState } from '../../pages/empty-state';
import { link, opener } from '../../pages/form';
import { html } from '../../pages/html';
import { applicationPath } from './application-path';
import { clientOwnersOf } from './own-applications';
import { findGrants } from '../tokens/own-grants';
import { tokensTable } from '../tokens/tokens-table';
import type { Section } from './section';

/** Maximum number of tokens on the page of an application. My tokens lists all of them. */
const MAX_SHOWN = 20;

/** The live tokens of an application, the newest first. Absent if it has no key. */
export const tokensSection: Section = {
  id: 'tokens',
  done: ({ application: { revoked, revokedAll } }, { name }) => ({
    'token-revoked': revoked,
    'tokens-revoked': revokedAll(name),
  }),
  render: async (visit, application, services) => {
    const { id, name } = application;
    const { application: texts, myTokens } = visit.texts;
    const owners = clientOwnersOf(application);
    if (owners.length === 0) return undefined;
    const { grants } = await findGrants(owners, services);
    if (grants.length === 0) {
      return emptyState(texts.noTokens, link(visit, '/generate-token', texts.generateToken));
    }
    const list = {
      caption: texts.tokensOf(name),
      issuerHead: myTokens.heads.environment,
      issuerOf: ({ environment }: (typeof grants)[number]) => visit.texts.secrets.environments[environment],
      clientOf: ({ environment }: (typeof grants)[number]) => myTokens.client(name, myTokens.environments[environment]),
      revokePath: ({ grantId }: (typeof grants)[number]) => `${applicationPath(id)}/tokens/${grantId}/revoke`,
    };
    return html`${await tokensTable(visit, grants.slice(0, MAX_SHOWN), list, services)}
    ${
      grants.length > MAX_SHOWN &&
      html`<p>${link(visit, `/tokens?application=${encodeURIComponent(id)}`, texts.allTokens(grants.length))}</p>`
    }
    ${opener(visit, `${applicationPath(id)}/revoke-tokens`, html`<button class="danger">${texts.revokeAll}</button>`)}`;
  },
};
