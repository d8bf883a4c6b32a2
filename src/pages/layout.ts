import { html, type Html } from './html';
import type { Texts } from './texts/texts';

/** A link below every page. */
export interface FooterLink {
  readonly text: string;
  readonly url: string;
}

/** Parts around the body that all pages of a site share. */
export interface Site {
  readonly title: string;
  /** URL to which the title in the header leads; absent if it is no link. */
  readonly home?: string;
  /** URL of the image before the title. */
  readonly logo?: string | undefined;
  /** URLs of the files that every page loads. */
  readonly files: { readonly icon: string; readonly stylesheet: string; readonly script: string };
  readonly links?: readonly FooterLink[];
}

/** A page and the frame around it. */
export interface Frame {
  readonly site: Site;
  readonly title: string;
  /** `narrow` for a page that consists of one form, such as a sign-in. */
  readonly shape: 'wide' | 'narrow';
  /** The BCP 47 tag of the texts. */
  readonly language: string;
  readonly texts: Pick<Texts, 'phrases' | 'frame'>;
  readonly navigation: Html;
  readonly body: Html;
  /** Below the page, such as the choice of the language. */
  readonly footer?: Html;
}

const brand = ({ title, home, logo }: Site): Html => {
  // The title follows the image, so the image needs no text of its own.
  const content = html`${logo !== undefined && html`<img src="${logo}" alt="" />`}<span>${title}</span>`;
  return home === undefined
    ? html`<span class="brand">${content}</span>`
    : html`<a class="brand" href="${home}">${content}</a>`;
};

/** Renders the footer; nothing if it would be empty. */
const footer = ({ site: { links = [] }, footer: content = html`` }: Pick<Frame, 'site' | 'footer'>): Html => {
  if (links.length === 0 && content.text === '') return content;
  return html`<footer>
    ${
      links.length > 0 &&
      html`<ul>
        ${links.map(({ text, url }) => html`<li><a href="${url}">${text}</a></li>`)}
      </ul>`
    }
    ${content}
  </footer>`;
};

/** Renders a whole page. */
export const layout = (frame: Frame): string => {
  const { site, title, shape, language, texts, navigation, body } = frame;
  return html`<!doctype html>
    <html lang="${language}">
      <head>
        <meta charset="utf-8" />
        <meta name="viewport" content="width=device-width, initial-scale=1" />
        <meta name="color-scheme" content="light dark" />
        <title>${title} · ${site.title}</title>
        <link rel="icon" href="${site.files.icon}" />
        <link rel="stylesheet" href="${site.files.stylesheet}" />
        <script src="${site.files.script}" defer></script>
      </head>
      <body
        class="${shape}"
        data-copy-text="${texts.phrases.copy}"
        data-copy-of="${texts.phrases.copyOf('{what}')}"
        data-copied="${texts.phrases.copied}"
        data-press-to-copy="${texts.phrases.pressToCopy}"
        data-selected-to-copy="${texts.phrases.selectedToCopy}"
      >
        <a class="skip" href="#main">${texts.phrases.skip}</a>
        <header>${brand(site)}${navigation}</header>
        <main
          id="main"
          tabindex="-1"
          data-show="${texts.frame.show}"
          data-hide="${texts.frame.hide}"
          data-show-password="${texts.frame.showPassword}"
          data-hide-password="${texts.frame.hidePassword}"
        >
          <h1>${title}</h1>
          ${body}
        </main>
        ${footer(frame)}
      </body>
    </html>`.text;
};
