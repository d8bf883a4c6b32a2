import { page, type Answer } from '../../pages/answer';
import { copyable } from '../../pages/copyable';
import { html } from '../../pages/html';
import type { PortalPage } from '../page';
import type { PageServices } from '../page-services';
import type { UserVisit } from '../visit';
import { problem } from './problem';

const TITLE = 'Organization';

const show = async (
  { user: { organization: key, username, owner } }: UserVisit,
  { directory }: PageServices,
): Promise<Answer> => {
  if (key === undefined) return problem.notFound;
  const organization = await directory.organizations.findFresh(key);
  return page(
    TITLE,
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
        Users of the organization sign in as <code>user@${key}</code>, here and at the token endpoint. The user part may
        be an e-mail address.
      </p>`,
  );
};

export const organizationPage: PortalPage = {
  path: '/organization',
  title: (texts) => texts.signIn.organization,
  for: 'users',
  navigation: 'account',
  isListedFor: ({ organization }) => organization !== undefined,
  isReturnTarget: true,
  show,
};
