import { page, type Answer } from '../../pages/answer';
import { copyable } from '../../pages/copyable';
import { html } from '../../pages/html';
import type { PortalPage } from '../page';
import type { PageServices } from '../page-services';
import type { UserVisit } from '../visit';
import { problem } from './problem';

const show = async (
  { texts, user: { organization: key, username, owner } }: UserVisit,
  { directory }: PageServices,
): Promise<Answer> => {
  if (key === undefined) return problem.notFound;
  const { account } = texts;
  const organization = await directory.organizations.findFresh(key);
  return page(
    texts.signIn.organization,
    html`<dl>
        <dt>${account.organizationName}</dt>
        <dd>${organization?.name ?? key}</dd>
        <dt>${account.organizationKey}</dt>
        <dd>${copyable('organization-key', key, account.organizationKeyLabel)}</dd>
        <dt>${account.signInAs}</dt>
        <dd><code>${username}</code></dd>
        <dt>${account.owner}</dt>
        <dd><code>${owner}</code></dd>
      </dl>
      <p>${account.usersSignInAs(html`<code>user@${key}</code>`)}</p>`,
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
