import type { CreatedLink } from '../../directory/password-links';
import { page, type Answer } from '../../pages/answer';
import { breadcrumbs } from '../../pages/breadcrumbs';
import { copyable } from '../../pages/copyable';
import { link } from '../../pages/form';
import { html } from '../../pages/html';
import { notice } from '../../pages/notice';
import { time } from '../../pages/time';
import { userPath } from './user-path';
import type { UserVisit } from '../visit';

/**
 * Shows a link to set a password, this once. The code is in the fragment, which browsers do not send, and shown apart for
 * browsers without JavaScript.
 */
export const shownLink = (visit: UserVisit, username: string, { purpose, code, expiresAt }: CreatedLink): Answer => {
  const { texts, origin, mount } = visit;
  const { user, users } = texts;
  const title = user.linkTitle[purpose];
  return page(
    title,
    html`${breadcrumbs(visit, [{ to: '/admin/users', text: users.title }], title)} ${notice('warning', user.copyNow)}
      <dl>
        <dt>${user.username}</dt>
        <dd>${username}</dd>
        <dt>${user.link}</dt>
        <dd>${copyable('password-link', `${origin}${mount}/set-password#${code}`, user.linkLabel)}</dd>
        <dt>${user.code}</dt>
        <dd>${copyable('password-code', code, user.codeLabel)}</dd>
        <dt>${user.expires}</dt>
        <dd>${time(expiresAt, texts)}</dd>
      </dl>
      <p>${link(visit, userPath(username), user.back)}</p>`,
  );
};
