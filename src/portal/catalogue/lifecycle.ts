import type { Lifecycle } from '../../access/lifecycle';
import { badge } from '../../pages/badge';
import { html, type Html } from '../../pages/html';
import type { Texts } from '../../pages/texts/texts';
import { dayOf, printDay } from '../../protocol/days';

/** Renders the badge of an API that is not published; nothing for a published one. */
export const lifecycleBadge = ({ status }: Lifecycle, { apis }: Pick<Texts, 'apis'>): Html => {
  if (status === 'published') return html``;
  return badge(status === 'deprecated' ? 'warning' : 'bad', apis.statuses[status]);
};

/** Renders what the state of an API means for its users; nothing for a published one without an end. */
export const lifecycleNote = ({ status, sunset }: Lifecycle, { apis }: Pick<Texts, 'apis'>): Html => {
  if (status === 'retired') return html`<p class="notice wrong">${apis.retired}</p>`;
  if (sunset !== undefined) return html`<p class="notice warning">${apis.sunset(printDay(dayOf(sunset)))}</p>`;
  return status === 'deprecated' ? html`<p class="notice warning">${apis.deprecated}</p>` : html``;
};
