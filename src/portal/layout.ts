import { html, type Content, type Html } from './html';
import type { Visit } from './visit';

/** Renders a form that posts to the portal, with the token that proves that a page of the portal sent it. */
export const form = ({ mount, formToken }: Visit, action: string, ...contents: readonly Content[]): Html =>
  html`<form method="post" action="${mount}${action}">
    <input type="hidden" name="form_token" value="${formToken}" />
    ${contents}
  </form>`;

/** Renders a form that opens another page of the portal by GET, such as a confirmation page. */
export const opener = ({ mount }: Visit, path: string, ...contents: readonly Content[]): Html =>
  html`<form method="get" action="${mount}${path}">${contents}</form>`;

/** Renders a link to another page of the portal. */
export const link = ({ mount }: Visit, path: string, text: Content): Html =>
  html`<a href="${mount}${path}">${text}</a>`;

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

const navigation = (visit: Visit): Html => {
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

export interface Frame {
  readonly visit: Visit;
  /** Title of the page. */
  readonly title: string;
  /** Title of the portal. */
  readonly portalTitle: string;
  /** Changes with the assets, so that browsers do not use outdated ones from their cache. */
  readonly assetsVersion: string;
  readonly body: Html;
}

/** Renders the whole page around the body that a handler returned. */
export const layout = ({ visit, title, portalTitle, assetsVersion, body }: Frame): string => {
  const asset = (name: string): string => `${visit.mount}/assets/${name}?v=${assetsVersion}`;
  return html`<!doctype html>
    <html lang="en">
      <head>
        <meta charset="utf-8" />
        <meta name="viewport" content="width=device-width, initial-scale=1" />
        <meta name="color-scheme" content="light dark" />
        <title>${title} · ${portalTitle}</title>
        <link rel="icon" href="${asset('icon.svg')}" type="image/svg+xml" />
        <link rel="stylesheet" href="${asset('portal.css')}" />
        <script src="${asset('portal.js')}" defer></script>
      </head>
      <body>
        <a class="skip" href="#main">Skip to the content</a>
        <header><span class="brand">${portalTitle}</span>${navigation(visit)}</header>
        <main id="main" tabindex="-1">
          <h1>${title}</h1>
          ${body}
        </main>
      </body>
    </html>`.text;
};
