import { PathTree } from '../access/path-tree';
import { form } from '../pages/form';
import { html, type Html } from '../pages/html';
import { isCanonicalTarget } from '../protocol/paths';
import type { Listed, PortalPage } from './page';
import { HOME } from './returns';
import type { PortalUser, UserVisit, Visit } from './visit';

type ListedPage = PortalPage & Listed;

const isListed = (page: PortalPage): page is ListedPage => page.navigation !== 'none';

/** Returns the paths above a path, itself included, the nearest first. */
const pathsAbove = (path: string): readonly string[] => {
  const parts = path.split('/');
  return parts.slice(1).map((_, index) => parts.slice(0, parts.length - index).join('/'));
};

/** Finds the listed page to which a page belongs. */
class Sections {
  readonly #tree = new PathTree<PortalPage>();
  readonly #listed: ReadonlySet<string>;

  constructor(pages: readonly PortalPage[]) {
    for (const page of pages) this.#tree.add(page.path, 'GET', page);
    this.#listed = new Set(pages.filter(isListed).map(({ path }) => path));
  }

  /** @param path of a page or of one of its forms */
  find(path: string): string | undefined {
    const above = pathsAbove(path);
    const page = isCanonicalTarget(path)
      ? above.map((one) => this.#tree.find(one)?.leaf.get('GET')).find((found) => found !== undefined)
      : undefined;
    const section = page?.navigation === 'none' ? page.section : undefined;
    return section ?? above.find((one) => this.#listed.has(one));
  }
}

/** Returns the path of the sign-in, after which the browser is redirected to the page that shows the link. */
const signInPath = ({ mount, pageAddress }: Visit): string =>
  pageAddress === undefined || pageAddress === HOME
    ? `${mount}/sign-in`
    : `${mount}/sign-in?return=${encodeURIComponent(pageAddress)}`;

const accountMenu = (visit: UserVisit, items: Html): Html => {
  const { user, texts } = visit;
  return html`<div class="account">
    <p class="account-name">${user.username}</p>
    <button type="button" class="account-button plain" popovertarget="account">${user.username}</button>
    <div id="account" class="account-menu" popover>
      <ul aria-label="${texts.frame.account}">
        ${items}
      </ul>
    </div>
    ${form(visit, '/sign-out', html`<button class="plain">${texts.phrases.signOut}</button>`)}
  </div>`;
};

/** The links of the header to the pages that a user may open. The menus are popovers, which need no script. */
export class Navigation {
  readonly #pages: readonly ListedPage[];
  readonly #sections: Sections;

  constructor(pages: readonly PortalPage[]) {
    this.#pages = pages.filter(isListed);
    this.#sections = new Sections(pages);
  }

  /** Renders the navigation with the account menu; for a visitor only a link to the sign-in. */
  render(visit: Visit): Html {
    const { user, texts } = visit;
    if (user === undefined) {
      return html`<div class="account">
        <a class="button plain" href="${signInPath(visit)}">${texts.signIn.signIn}</a>
      </div>`;
    }
    const items = (navigation: Listed['navigation']) => this.#items({ ...visit, user }, navigation);
    return html`<button type="button" class="menu-button plain" popovertarget="menu">${texts.frame.menu}</button>
      <div id="menu" class="menu" popover>
        <nav aria-label="${texts.phrases.mainNavigation}">
          <ul>
            ${items('user')}
          </ul>
          ${
            user.isAdmin &&
            html`<div class="admin-pages">
              <span id="admin-pages">${texts.frame.administration}</span>
              <ul aria-labelledby="admin-pages">
                ${items('admin')}
              </ul>
            </div>`
          }
        </nav>
        ${accountMenu({ ...visit, user }, items('account'))}
      </div>`;
  }

  #items({ mount, path, user, texts }: UserVisit, navigation: Listed['navigation']): Html {
    const section = this.#sections.find(path);
    const isFor = (page: ListedPage, reader: PortalUser) =>
      page.navigation === navigation && page.isListedFor?.(reader) !== false;
    return html`${this.#pages
      .filter((page) => isFor(page, user))
      .map(({ path: to, title }) => {
        // `page` for the page itself and `true` for one that belongs to it (WAI-ARIA, aria-current).
        const current = to === section && html` aria-current="${to === path ? 'page' : 'true'}"`;
        return html`<li><a href="${mount}${to}" ${current}>${title(texts)}</a></li>`;
      })}`;
  }
}
