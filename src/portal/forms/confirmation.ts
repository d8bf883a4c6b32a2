import { page, type Answer } from '../../pages/answer';
import { html, type Content } from '../../pages/html';
import { form, link } from '../../pages/form';
import type { UserVisit } from '../visit';

export interface Confirmation {
  readonly title: string;
  /** The consequences, in full sentences. */
  readonly consequences: Content;
  /** Hidden fields of the form. */
  readonly fields?: Readonly<Record<string, string>>;
  readonly button: string;
  /** A page of the portal to go back to. */
  readonly cancel: string;
}

/** Renders a page that requests confirmation before something ends. The form posts to the page's own path. */
export const confirmation = (visit: UserVisit, { title, consequences, fields, button, cancel }: Confirmation): Answer =>
  page(
    title,
    html`<p>${consequences}</p>
      ${form(
        visit,
        visit.path,
        Object.entries(fields ?? {}).map(
          ([name, value]) => html`<input type="hidden" name="${name}" value="${value}" />`,
        ),
        html`<p class="row">
          <button class="danger">${button}</button> ${link(visit, cancel, visit.texts.phrases.cancel)}
        </p>`,
      )}`,
  );
