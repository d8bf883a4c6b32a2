import { form, link } from '../pages/form';
import { html, type Html } from '../pages/html';
import type { Visit } from './visit';

const PAGES: readonly (readonly [path: string, title: string])[] = [
  ['/apis', 'APIs'],
  ['/subscriptions', 'My Subscriptions'],
  ['/generate-token', 'Generate token'],
  ['/try-it', 'Try it'],
  ['/tokens', 'My tokens'],
  ['/organization', 'Organization'],
];

const ADMIN_PAGES: readonly (readonly [path: string, title: string])[] = [
  ['/admin/users', 'Users'],
  ['/admin/applications', 'Applications'],
  ['/admin/audit', 'Audit'],
];

/** Renders the links to the pages that a user may open, and the sign-out. */
export const navigation = (visit: Visit): Html => {
  const { mount, path, user } = visit;
  if (user === undefined) return html``;
  const own = user.organization === undefined ? PAGES.filter(([to]) => to !== '/organization') : PAGES;
  const entries = user.isAdmin ? [...own, ...ADMIN_PAGES] : own;
  const items = entries.map(([to, title]) =>
    to === path
      ? html`<li><a href="${mount}${to}" aria-current="page">${title}</a></li>`
      : html`<li><a href="${mount}${to}">${title}</a></li>`,
  );
  return html`<nav aria-label="Store">
      <ul>
        ${items}
      </ul>
    </nav>
    <div class="who">
      <span>${user.username}</span> ${link(visit, '/password', 'Password')}
      ${form(visit, '/sign-out', html`<button class="plain">Sign out</button>`)}
    </div>`;
};
