import { form, link } from '../pages/form';
import { html, type Html } from '../pages/html';
import type { Listed, PortalPage } from './page';
import type { PortalUser, Visit } from './visit';

type ListedPage = PortalPage & Listed;

/** Returns the pages that the navigation lists for a user: first those of all users, then those of administrators. */
const pagesFor = (pages: readonly PortalPage[], user: PortalUser): readonly ListedPage[] => {
  const listed = pages.filter(
    (page): page is ListedPage => page.navigation !== 'none' && page.isListedFor?.(user) !== false,
  );
  const under = (navigation: Listed['navigation']) => listed.filter((page) => page.navigation === navigation);
  return user.isAdmin ? [...under('user'), ...under('admin')] : under('user');
};

/** Renders the links to the pages that a user may open, and the sign-out; nothing for a visitor. */
export const navigation = (visit: Visit, pages: readonly PortalPage[]): Html => {
  const { mount, path, user, texts } = visit;
  if (user === undefined) return html``;
  const items = pagesFor(pages, user).map(
    ({ path: to, title }) =>
      html`<li><a href="${mount}${to}" ${to === path && html` aria-current="page"`}>${title(texts)}</a></li>`,
  );
  return html`<nav aria-label="${texts.phrases.mainNavigation}">
      <ul>
        ${items}
      </ul>
    </nav>
    <div class="who">
      <span>${user.username}</span> ${link(visit, '/password', texts.signIn.password)}
      ${form(visit, '/sign-out', html`<button class="plain">${texts.phrases.signOut}</button>`)}
    </div>`;
};
