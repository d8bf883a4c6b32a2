import { page } from '../../pages/answer';
import { copyable } from '../../pages/copyable';
import { html } from '../../pages/html';
import { problem } from './problem';
import type { Route } from '../router';
import type { PortalServices } from '../services';

export const organizationPages = ({ directory }: PortalServices): readonly Route[] => [
  {
    method: 'GET',
    path: '/organization',
    for: 'users',
    handle: async ({ user: { organization: key, username, owner } }) => {
      if (key === undefined) return problem.notFound;
      const organization = await directory.organizations.findFresh(key);
      return page(
        'Organization',
        html`<dl>
            <dt>Name</dt>
            <dd>${organization?.name ?? key}</dd>
            <dt>Organization key</dt>
            <dd>${copyable('organization-key', key, 'the organization key')}</dd>
            <dt>You sign in as</dt>
            <dd><code>${username}</code></dd>
            <dt>Applications belong to</dt>
            <dd><code>${owner}</code></dd>
          </dl>
          <p>
            Users of the organization sign in as <code>user@${key}</code>, here and at the token endpoint. The user part
            may be an e-mail address.
          </p>`,
      );
    },
  },
];
