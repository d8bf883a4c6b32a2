import { html, type Html } from './html';
import type { Texts } from './texts/texts';

/** The frame around the body of a page. */
export interface Frame {
  /** Title of the page. */
  readonly title: string;
  /** Title of all the pages. */
  readonly siteTitle: string;
  /** The BCP 47 tag of the texts. */
  readonly language: string;
  readonly texts: Pick<Texts, 'phrases'>;
  /** URLs of the files that the page loads. */
  readonly files: { readonly icon: string; readonly stylesheet: string; readonly script: string };
  readonly navigation: Html;
  readonly body: Html;
}

/** Renders a whole page. */
export const layout = ({ title, siteTitle, language, texts, files, navigation, body }: Frame): string =>
  html`<!doctype html>
    <html lang="${language}">
      <head>
        <meta charset="utf-8" />
        <meta name="viewport" content="width=device-width, initial-scale=1" />
        <meta name="color-scheme" content="light dark" />
        <title>${title} · ${siteTitle}</title>
        <link rel="icon" href="${files.icon}" type="image/svg+xml" />
        <link rel="stylesheet" href="${files.stylesheet}" />
        <script src="${files.script}" defer></script>
      </head>
      <body>
        <a class="skip" href="#main">${texts.phrases.skip}</a>
        <header><span class="brand">${siteTitle}</span>${navigation}</header>
        <main id="main" tabindex="-1">
          <h1>${title}</h1>
          ${body}
        </main>
      </body>
    </html>`.text;
